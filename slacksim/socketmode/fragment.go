package socketmode

import (
	"bufio"
	"encoding/binary"
	"net"
	"net/http"
)

// fragmentWatch sees the frames that a client sends and notes fragmented
// messages: Slack's server reportedly does not reassemble them (SF-1.25), and
// the WebSocket library would hide them.
type fragmentWatch struct {
	net.Conn
	head []byte // of the frame being read
	skip uint64 // payload bytes still to come
	seen bool
}

// Read reads on while counting frames.
func (f *fragmentWatch) Read(p []byte) (int, error) {
	n, err := f.Conn.Read(p)
	f.feed(p[:n])
	return n, err
}

func (f *fragmentWatch) feed(data []byte) {
	for len(data) > 0 {
		if f.skip > 0 {
			n := min(f.skip, uint64(len(data)))
			f.skip -= n
			data = data[n:]
			continue
		}
		f.head = append(f.head, data[0])
		data = data[1:]
		if payload, complete := frameHead(f.head); complete {
			const final = 0x80
			f.seen = f.seen || f.head[0]&final == 0
			f.skip, f.head = payload, f.head[:0]
		}
	}
}

// frameHead reads a frame header (RFC 6455, section 5.2): two bytes, the
// extended length, the mask.
func frameHead(head []byte) (payload uint64, complete bool) {
	if len(head) < 2 {
		return 0, false
	}
	length, size := uint64(head[1]&0x7f), 2
	switch length {
	case 126:
		size += 2
	case 127:
		size += 8
	}
	if head[1]&0x80 != 0 {
		size += 4
	}
	if len(head) < size {
		return 0, false
	}
	switch length {
	case 126:
		return uint64(binary.BigEndian.Uint16(head[2:])), true
	case 127:
		return binary.BigEndian.Uint64(head[2:]), true
	default:
		return length, true
	}
}

// take reports whether a fragment came since the last call.
func (f *fragmentWatch) take() bool {
	seen := f.seen
	f.seen = false
	return seen
}

// watchedWriter hands the upgrader a connection that is watched.
type watchedWriter struct {
	http.ResponseWriter
	watch *fragmentWatch
}

// Hijack wraps the connection that the server gives up.
func (w *watchedWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	w.watch.Conn = conn
	return w.watch, rw, nil
}
