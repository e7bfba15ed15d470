package lab

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// Process is a program that is measured, or started to be killed. Its output is appended to a log file.
type Process struct {
	command *exec.Cmd
	log     string
	ended   chan struct{}
}

// StartProcess starts a program with its output going to the log file. What env says comes after this program's own
// environment.
func StartProcess(log string, env []string, program string, args ...string) (*Process, error) {
	file, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("log of %s: %w", program, err)
	}
	defer file.Close() // the process has its own copy
	p := &Process{command: exec.Command(program, args...), log: log, ended: make(chan struct{})}
	p.command.Stdout, p.command.Stderr, p.command.Env = file, file, append(os.Environ(), env...)
	p.command.SysProcAttr = dieWithParent()
	started := make(chan error)
	go p.run(started)
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", program, err)
	}
	return p, nil
}

// run keeps its thread until the process has ended, because the signal at the parent's death follows the thread that
// started the process.
func (p *Process) run(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := p.command.Start()
	started <- err
	if err != nil {
		return
	}
	defer close(p.ended)
	_ = p.command.Wait() // its log says why it ended
}

func (p *Process) pid() int { return p.command.Process.Pid }

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
	_ = p.command.Process.Signal(syscall.SIGTERM) // it may have ended already
	select {
	case <-p.ended:
		return nil
	case <-time.After(3 * time.Second):
	}
	p.Kill()
	return nil
}

// Kill leaves the process no time for anything.
func (p *Process) Kill() {
	_ = p.command.Process.Kill() // it may have ended already
	<-p.ended
}
