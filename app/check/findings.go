package check

import "fmt"

// Findings is the error of a command that worked and found something wrong.
type Findings struct{ number int }

func (f *Findings) Error() string { return fmt.Sprintf("%d problem(s) found", f.number) }
