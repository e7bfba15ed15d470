//go:build unix

package testcluster

import (
	"errors"
	"os"
	"syscall"
)

// newGroup makes a child the leader of its own process group, so that whatever it starts can be killed with it.
func newGroup() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true}
	dieWithParent(attr)
	return attr
}

func asUser(attr *syscall.SysProcAttr, uid, gid uint32) {
	attr.Credential = &syscall.Credential{Uid: uid, Gid: gid}
}

func killGroup(pid int) error { return syscall.Kill(-pid, syscall.SIGKILL) }

func interrupt(pid int) error { return syscall.Kill(pid, syscall.SIGINT) }

// tryLock takes an exclusive lock that the kernel releases even if this process is killed; it fails if somebody has it.
func tryLock(path string) (unlock func(), err error) {
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

// isLocked tells whether tryLock failed because somebody has the lock.
func isLocked(err error) bool { return errors.Is(err, syscall.EWOULDBLOCK) }
