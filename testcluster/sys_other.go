//go:build !unix

package testcluster

import (
	"errors"
	"syscall"
)

var errUnsupported = errors.New("the test cluster needs Linux or another Unix")

func newGroup() *syscall.SysProcAttr { return nil }

func asUser(*syscall.SysProcAttr, uint32, uint32) {}

func killGroup(int) error { return errUnsupported }

func interrupt(int) error { return errUnsupported }

func tryLock(string) (func(), error) { return nil, errUnsupported }

func isLocked(error) bool { return false }
