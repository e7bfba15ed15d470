package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// Row is an event as chained: Hash covers Prev and the event's canonical JSON.
type Row struct {
	Seq   int64
	Prev  string
	Hash  string
	Event []byte // canonical JSON as hashed
}

// Chain makes the row that follows prev (the zero row for the first). The hash covers the sequence number, the hash
// before it and the event, so that no row can be changed, removed or reordered without breaking all that follow.
func Chain(prev Row, event Event) (Row, error) {
	data, err := json.Marshal(event)
	if err != nil {
		return Row{}, fmt.Errorf("encode audit event %s of call %s: %w", event.Action, event.Call, err)
	}
	row := Row{Seq: prev.Seq + 1, Prev: prev.Hash, Event: data}
	row.Hash = hashOf(row)
	return row, nil
}

// VerifyRow checks that row follows prev.
func VerifyRow(prev, row Row) error {
	switch {
	case row.Seq != prev.Seq+1:
		return fmt.Errorf("audit row %d: follows row %d, rows are missing", row.Seq, prev.Seq)
	case row.Prev != prev.Hash:
		return fmt.Errorf("audit row %d: does not follow row %d", row.Seq, prev.Seq)
	case row.Hash != hashOf(row):
		return fmt.Errorf("audit row %d: was changed after it was written", row.Seq)
	}
	return nil
}

func hashOf(row Row) string {
	h := sha256.New()
	fmt.Fprintf(h, "%d\n%s\n", row.Seq, row.Prev)
	h.Write(row.Event)
	return hex.EncodeToString(h.Sum(nil))
}
