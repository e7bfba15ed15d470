//go:build !linux

package alertmanager

import "syscall"

func dieWithParent() *syscall.SysProcAttr { return nil }
