package main

import (
	"fmt"
	_ "time/tzdata"
)

// findings is the error of a command that worked and found something wrong.
type findings struct{ number int }

func (f *findings) Error() string { return fmt.Sprintf("%d problem(s) found", f.number) }
