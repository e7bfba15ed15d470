package alertmanager

import "syscall"

// dieWithParent makes a child end when the demo does, even when that is killed; its own process group keeps Ctrl-C
// from reaching it before the demo stops it in order.
func dieWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
