package lab

import (
	"fmt"
	"os"
	"syscall"
)

// evict takes a program that was just linked out of the page cache, so that it is read from the disk like one that was
// installed. The kernel keeps what it has just written in pieces of up to 2 MiB, and counts a whole piece as memory of
// the process that touches a page of it.
func evict(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := file.Sync(); err != nil { // what is not on the disk yet cannot be evicted
		return fmt.Errorf("sync %s: %w", path, err)
	}
	const dontNeed = 4 // POSIX_FADV_DONTNEED
	if _, _, errno := syscall.Syscall6(syscall.SYS_FADVISE64, file.Fd(), 0, 0, dontNeed, 0, 0); errno != 0 {
		return fmt.Errorf("evict %s from the page cache: %w", path, errno)
	}
	return nil
}
