package host

import "syscall"

// dieWithParent has the kernel kill the child when the thread that started it ends, also after SIGKILL of this process.
func dieWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGKILL }
