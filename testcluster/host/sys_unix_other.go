//go:build unix && !linux

package host

import "syscall"

func dieWithParent(*syscall.SysProcAttr) {}
