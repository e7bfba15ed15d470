//go:build unix

package host

import (
	"errors"
	"os"
	"syscall"
)

// ProcessGroup makes a child the leader of its own process group, so that whatever it starts can be killed with it.
func ProcessGroup() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true}
	dieWithParent(attr)
	return attr
}

// AsUser makes a child run as another account.
func AsUser(attr *syscall.SysProcAttr, uid, gid uint32) {
	attr.Credential = &syscall.Credential{Uid: uid, Gid: gid}
}

func killGroup(pid int) error { return syscall.Kill(-pid, syscall.SIGKILL) }

func interrupt(pid int) error { return syscall.Kill(pid, syscall.SIGINT) }

// TryLock takes an exclusive lock that the kernel releases even if this process is killed; it fails if somebody has it.
func TryLock(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, err
	}
	return func() { f.Close() }, nil
}

// IsLocked tells whether tryLock failed because somebody has the lock.
func IsLocked(err error) bool { return errors.Is(err, syscall.EWOULDBLOCK) }
