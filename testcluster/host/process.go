package host

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

const (
	readyTimeout  = 60 * time.Second
	probeInterval = 50 * time.Millisecond
)

// Program is how to run one child process.
type Program struct {
	Name string
	Path string
	Args []string
	Env  []string
	Dir  string
	Attr *syscall.SysProcAttr
}

// Process is a running child. Done is closed when it has ended.
type Process struct {
	name    string
	logPath string
	cmd     *exec.Cmd
	Done    chan struct{}
	exitErr error
}

// Start starts p with its output going to <dir>/<name>.log.
func Start(p Program, logDir string) (*Process, error) {
	logPath := filepath.Join(logDir, p.Name+".log")
	logFile, err := os.Create(logPath)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", p.Name, err)
	}
	defer logFile.Close()
	cmd := exec.Command(p.Path, p.Args...)
	cmd.Env, cmd.Dir = p.Env, p.Dir
	cmd.Stdout, cmd.Stderr = logFile, logFile
	cmd.SysProcAttr = p.Attr
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = ProcessGroup()
	}
	proc := &Process{name: p.Name, logPath: logPath, cmd: cmd, Done: make(chan struct{})}
	started := make(chan error)
	go proc.run(started)
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", p.Name, err)
	}
	return proc, nil
}

// run keeps its thread until the child has ended, because the child's parent-death signal follows the thread that
// started it and not the process.
func (p *Process) run(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := p.cmd.Start()
	started <- err
	if err != nil {
		return
	}
	p.exitErr = p.cmd.Wait()
	close(p.Done)
}

// Kill ends the process and everything it started, at once: there is no data worth a graceful end.
func (p *Process) Kill() {
	select {
	case <-p.Done:
		// Its children may have survived it.
		_ = killGroup(p.cmd.Process.Pid)
		return
	default:
	}
	_ = killGroup(p.cmd.Process.Pid)
	<-p.Done
}

// Interrupt asks the process to end.
func (p *Process) Interrupt() { _ = interrupt(p.cmd.Process.Pid) }

// Signal sends the process a signal.
func (p *Process) Signal(s os.Signal) error { return p.cmd.Process.Signal(s) }

// WaitReady polls probe until it succeeds. It fails early, with the end of the log, when the process ends.
func (p *Process) WaitReady(ctx context.Context, probe func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	ticker := time.NewTicker(probeInterval)
	defer ticker.Stop()
	for {
		err := probe(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-p.Done:
			return p.failure(fmt.Errorf("ended while starting: %w", p.exit()))
		case <-ctx.Done():
			return p.failure(fmt.Errorf("not ready: %w (last answer: %w)", ctx.Err(), err))
		case <-ticker.C:
		}
	}
}

func (p *Process) exit() error {
	if p.exitErr == nil {
		return errors.New("exit status 0")
	}
	return p.exitErr
}

func (p *Process) failure(err error) error {
	return fmt.Errorf("%s %w\n--- last lines of %s\n%s", p.name, err, p.logPath, p.logTail())
}

func (p *Process) logTail() string {
	content, err := os.ReadFile(p.logPath)
	if err != nil {
		return err.Error()
	}
	return LastLines(string(content), 20)
}

// LostPort tells whether the process ended because somebody else took its port between choosing and binding it.
func (p *Process) LostPort() bool {
	select {
	case <-p.Done:
		return strings.Contains(p.logTail(), "address already in use")
	default:
		return false
	}
}

// ChildEnv is deliberately small: commands run through exec inherit it and must not see tokens of the caller.
func ChildEnv(home string) []string {
	env := []string{"HOME=" + home, "LANG=C.UTF-8"}
	for _, name := range []string{"PATH", "TMPDIR"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}
