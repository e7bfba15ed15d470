package socketmode

import (
	"sync"
)

type frame struct {
	kind int
	data []byte
}

// frameQueue is an unbounded queue between the workspace and one writer.
type frameQueue struct {
	mu     sync.Mutex
	frames []frame
	ready  chan struct{}
	done   chan struct{}
	once   sync.Once
}

func (q *frameQueue) init() {
	q.ready = make(chan struct{}, 1)
	q.done = make(chan struct{})
}

func (q *frameQueue) put(f frame) {
	q.mu.Lock()
	q.frames = append(q.frames, f)
	q.mu.Unlock()
	select {
	case q.ready <- struct{}{}:
	default:
	}
}

func (q *frameQueue) get() (frame, bool) {
	for {
		q.mu.Lock()
		if len(q.frames) > 0 {
			f := q.frames[0]
			q.frames = q.frames[1:]
			q.mu.Unlock()
			return f, true
		}
		q.mu.Unlock()
		select {
		case <-q.ready:
		case <-q.done:
			return frame{}, false
		}
	}
}

func (q *frameQueue) close() { q.once.Do(func() { close(q.done) }) }
