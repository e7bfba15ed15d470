//go:build unix && !linux

package testcluster

import "syscall"

func dieWithParent(*syscall.SysProcAttr) {}
