package handlers

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"opsbot/k8sops"
)

// Chain makes the row that follows prev (the zero row for the first). The hash covers the sequence number, the hash
// before it and the event, so that no row can be changed, removed or reordered without breaking all that follow.
func Chain(prev AuditRow, event AuditEvent) (AuditRow, error) {
	data, err := json.Marshal(event)
	if err != nil {
		return AuditRow{}, fmt.Errorf("encode audit event %s of call %s: %w", event.Action, event.Call, err)
	}
	row := AuditRow{Seq: prev.Seq + 1, Prev: prev.Hash, Event: data}
	row.Hash = hashOf(row)
	return row, nil
}

// VerifyChain checks that row follows prev.
func VerifyChain(prev, row AuditRow) error {
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

func hashOf(row AuditRow) string {
	h := sha256.New()
	fmt.Fprintf(h, "%d\n%s\n", row.Seq, row.Prev)
	h.Write(row.Event)
	return hex.EncodeToString(h.Sum(nil))
}

// event is the audit event of what actor did with call r.
func event(r Record, action, actor string, at time.Time) AuditEvent {
	e := AuditEvent{
		At: at.UTC(), Action: action, Call: r.ID, Actor: actor, User: r.Identity.User, Command: r.Command,
		Cluster: r.Cluster, Namespace: r.Namespace, Incident: r.Source.Incident,
	}
	details := map[string]string{"channel": r.Source.Channel, "outcome": r.Outcome, "digest": r.Digest, "approved_by": r.ApprovedBy, "undoes": r.Undoes}
	if r.Undone != nil {
		details["undone_with"] = r.Undone.Call
	}
	for k, v := range details {
		if v == "" {
			delete(details, k)
		}
	}
	e.Details = details
	return e
}

// outcomeOf is a failure as the audit record may keep it: what kind, never the words of a server or a program, which may
// hold anything. The log has those, under the call's id.
func outcomeOf(cause error) string {
	e, ok := errors.AsType[*k8sops.Error](cause)
	if !ok {
		return "internal error"
	}
	if e.Message.ID == "" {
		return string(e.Code)
	}
	return string(e.Code) + ": " + e.Message.ID
}
