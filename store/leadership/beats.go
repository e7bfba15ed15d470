package leadership

// heartbeats is how often in a row each replica's beat was found unchanged. It compares no clocks.
type heartbeats map[string]struct {
	beat  int64
	looks int
}

// listen takes in the beats that were found. A holder that is not on the list is as silent as one that does not beat.
func (p heartbeats) listen(beats map[string]int64, holder string) {
	if _, ok := beats[holder]; !ok {
		beats[holder] = -1
	}
	for id := range p {
		if _, ok := beats[id]; !ok {
			delete(p, id)
		}
	}
	for id, beat := range beats {
		last, known := p[id]
		if !known || last.beat != beat {
			last.looks = 0
		} else {
			last.looks++
		}
		last.beat = beat
		p[id] = last
	}
}

func (p heartbeats) silent(id string) int { return p[id].looks }
