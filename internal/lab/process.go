package lab

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// Process is a program under measurement. Its output goes to a log file.
type Process struct {
	Command *exec.Cmd
	ended   chan struct{}
}

// StartProcess starts a program with its output going to the log file.
func StartProcess(log, program string, args ...string) (*Process, error) {
	file, err := os.Create(log)
	if err != nil {
		return nil, fmt.Errorf("log of %s: %w", program, err)
	}
	defer file.Close() // the process has its own copy
	p := &Process{Command: exec.Command(program, args...), ended: make(chan struct{})}
	p.Command.Stdout, p.Command.Stderr = file, file
	p.Command.SysProcAttr = dieWithParent()
	if err := p.Command.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", program, err)
	}
	go func() {
		defer close(p.ended)
		_ = p.Command.Wait() // its log says why it ended
	}()
	return p, nil
}

func (p *Process) pid() int { return p.Command.Process.Pid }

// Running reports whether the process has not ended yet.
func (p *Process) Running() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// Stop asks, waits, and then insists: what a program under load still has to say is of no interest here.
func (p *Process) Stop() error {
	_ = p.Command.Process.Signal(syscall.SIGTERM) // it may have ended already
	select {
	case <-p.ended:
		return nil
	case <-time.After(3 * time.Second):
	}
	_ = p.Command.Process.Kill()
	<-p.ended
	return nil
}
