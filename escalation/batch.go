package escalation

// batchLimit is how many deliveries share a transaction: enough for a storm, few enough that the writer is free for
// the next deliveries soon. batchBytes is how large their payloads should be together: decoded they are a few times
// as large.
const (
	batchLimit  = 200
	batchBytes  = 32 << 20
	batchGrowth = 4
)

// batch is how many deliveries are read from the journal at once. How large they are is only known afterwards, so the
// first is one alone, and the next are more as long as they are small. The zero batch is ready to use.
type batch struct{ size int }

func (b *batch) limit() int { return max(b.size, 1) }

// took learns from what was read, and reports whether there may be more.
func (b *batch) took(entries []JournalEntry) (more bool) {
	if len(entries) < b.limit() {
		b.size = 1
		return false
	}
	bytes := 1
	for _, e := range entries {
		bytes += len(e.Payload)
	}
	b.size = max(1, min(batchLimit, len(entries)*batchGrowth, len(entries)*batchBytes/bytes))
	return true
}
