package lab

import (
	"bytes"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

// PeakOf runs a program to its end and returns its peak memory. It looks again and again, because the kernel's own
// account of a child (ru_maxrss) begins with the memory of the process that forked it.
func PeakOf(cmd *exec.Cmd) (peak float64, err error) {
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	p := &Process{command: cmd, ended: make(chan struct{})}
	go func() {
		defer close(p.ended)
		if err = cmd.Wait(); err != nil {
			err = fmt.Errorf("%s: %w: %s", strings.Join(cmd.Args, " "), err, complaint.String())
		}
	}()
	ticker := time.NewTicker(3 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-p.ended:
			return peak, err
		case <-ticker.C:
			if now, gone := p.Peak(); gone == nil {
				peak = now
			}
		}
	}
}
