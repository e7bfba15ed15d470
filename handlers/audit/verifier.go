package audit

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Verifier follows the rows of a record and compares them with checkpoints. It keeps the last row and the checkpoints alone, however long
// the record is.
type Verifier struct {
	last   Row
	ahead  []Checkpoint // those not reached yet, by row
	agreed Checkpoint
}

// NewVerifier starts before the first row. The checkpoints have been checked.
func NewVerifier(checkpoints []Checkpoint) *Verifier {
	ahead := slices.DeleteFunc(slices.Clone(checkpoints), func(c Checkpoint) bool { return c.Rows <= 0 })
	slices.SortStableFunc(ahead, func(a, b Checkpoint) int { return cmp.Compare(a.Rows, b.Rows) })
	return &Verifier{ahead: ahead}
}

// Next takes the row after the last one. The error is a *Rewritten, or what VerifyRow says.
func (v *Verifier) Next(row Row) error {
	if err := VerifyRow(v.last, row); err != nil {
		return err
	}
	v.last = row
	for len(v.ahead) > 0 && v.ahead[0].Rows == row.Seq {
		if v.ahead[0].Head != row.Hash {
			return &Rewritten{After: v.agreed.Rows, Checkpoint: v.ahead[0]}
		}
		v.agreed, v.ahead = v.ahead[0], v.ahead[1:]
	}
	return nil
}

// End tells whether rows are missing behind the last one: the error is a *Cut.
func (v *Verifier) End() error {
	if len(v.ahead) == 0 {
		return nil
	}
	return &Cut{Rows: v.last.Seq, Agreed: v.agreed.Rows, Checkpoint: v.ahead[len(v.ahead)-1]}
}

// Last is the last row taken.
func (v *Verifier) Last() Row { return v.last }

// Agreed is the newest checkpoint that the record agrees with, the zero one where there is none.
func (v *Verifier) Agreed() Checkpoint { return v.agreed }

// Rewritten is a record whose chain holds but is another one than at the time of the checkpoint: it was computed anew.
type Rewritten struct {
	// After is the last row that an earlier checkpoint proves, 0 where none does.
	After      int64
	Checkpoint Checkpoint
}

func (r *Rewritten) Error() string {
	return fmt.Sprintf("audit rows %d to %d: rewritten since %s", r.After+1, r.Checkpoint.Rows, r.Checkpoint.At.Format(time.RFC3339))
}

// Cut is a record that is shorter than at the time of the checkpoint.
type Cut struct {
	Rows int64 // that are left
	// Agreed is the last row that an earlier checkpoint proves, 0 where none does.
	Agreed     int64
	Checkpoint Checkpoint
}

func (c *Cut) Error() string {
	return fmt.Sprintf("audit rows %d to %d: removed since %s", c.Rows+1, c.Checkpoint.Rows, c.Checkpoint.At.Format(time.RFC3339))
}
