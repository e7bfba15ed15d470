package lab

import "syscall"

// dieWithParent makes a child end when this program does, even when that is killed; its own process group keeps Ctrl-C
// from reaching it before it is stopped in order.
func dieWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
