package main

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// process is a program that is started to be killed. Its output is appended to a log file.
type process struct {
	command *exec.Cmd
	ended   chan struct{}
}

func startProcess(log string, env []string, program string, args ...string) (*process, error) {
	file, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("log of %s: %w", program, err)
	}
	defer file.Close() // the process has its own copy
	p := &process{command: exec.Command(program, args...), ended: make(chan struct{})}
	p.command.Stdout, p.command.Stderr, p.command.Env = file, file, append(os.Environ(), env...)
	p.command.SysProcAttr = dieWithParent()
	if err := p.command.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", program, err)
	}
	go func() {
		defer close(p.ended)
		_ = p.command.Wait() // its log says why it ended
	}()
	return p, nil
}

func (p *process) running() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// kill leaves the process no time for anything.
func (p *process) kill() {
	_ = p.command.Process.Kill() // it may have ended already
	<-p.ended
}

// freeAddress is an address on loopback that stays free while a killed program is not there: it is below the ports that
// the kernel gives to outgoing connections.
func freeAddress() (string, error) {
	const first, last = 10_000, 32_000
	for range 100 {
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(first+rand.IntN(last-first))) //nolint:gosec // any port will do
		l, err := net.Listen("tcp", address)
		if err == nil {
			return address, l.Close()
		}
	}
	return "", errors.New("find a free port: none of a hundred is")
}

// findProgram is the first of the names that is installed.
func findProgram(names ...string) (string, error) {
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("none of %v is installed: %w", names, exec.ErrNotFound)
}

// keep copies the logs of a round to a directory that outlives the run.
func keep(dir, name string) (string, error) {
	target, err := os.MkdirTemp("", "opsbot-faults-"+name+"-")
	if err != nil {
		return "", err
	}
	logs, err := filepath.Glob(filepath.Join(dir, "*.log"))
	if err != nil {
		return "", err
	}
	for _, log := range logs {
		data, err := os.ReadFile(log)
		if err == nil {
			err = os.WriteFile(filepath.Join(target, filepath.Base(log)), data, 0o600)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	return target, nil
}
