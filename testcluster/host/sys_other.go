//go:build !unix

package host

import (
	"errors"
	"syscall"
)

var errUnsupported = errors.New("the test cluster needs Linux or another Unix")

// ProcessGroup does nothing here.
func ProcessGroup() *syscall.SysProcAttr { return nil }

// AsUser does nothing here.
func AsUser(*syscall.SysProcAttr, uint32, uint32) {}

func killGroup(int) error { return errUnsupported }

func interrupt(int) error { return errUnsupported }

// TryLock always fails here.
func TryLock(string) (func(), error) { return nil, errUnsupported }

// IsLocked is never true here.
func IsLocked(error) bool { return false }
