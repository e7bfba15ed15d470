package testcluster

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

// program is how to run one child process.
type program struct {
	name string
	path string
	args []string
	env  []string
	dir  string
	attr *syscall.SysProcAttr
}

// process is a running child. done is closed when it has ended.
type process struct {
	name    string
	logPath string
	cmd     *exec.Cmd
	done    chan struct{}
	exitErr error
}

// startProcess starts p with its output going to <dir>/<name>.log.
func startProcess(p program, logDir string) (*process, error) {
	logPath := filepath.Join(logDir, p.name+".log")
	logFile, err := os.Create(logPath)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", p.name, err)
	}
	defer logFile.Close()
	cmd := exec.Command(p.path, p.args...)
	cmd.Env, cmd.Dir = p.env, p.dir
	cmd.Stdout, cmd.Stderr = logFile, logFile
	cmd.SysProcAttr = p.attr
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = newGroup()
	}
	proc := &process{name: p.name, logPath: logPath, cmd: cmd, done: make(chan struct{})}
	started := make(chan error)
	go proc.run(started)
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", p.name, err)
	}
	return proc, nil
}

// run keeps its thread until the child has ended, because the child's parent-death signal follows the thread that
// started it and not the process.
func (p *process) run(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := p.cmd.Start()
	started <- err
	if err != nil {
		return
	}
	p.exitErr = p.cmd.Wait()
	close(p.done)
}

// kill ends the process and everything it started, at once: there is no data worth a graceful end.
func (p *process) kill() {
	select {
	case <-p.done:
		// Its children may have survived it.
		_ = killGroup(p.cmd.Process.Pid)
		return
	default:
	}
	_ = killGroup(p.cmd.Process.Pid)
	<-p.done
}

// interrupt asks the process to end.
func (p *process) interrupt() { _ = interrupt(p.cmd.Process.Pid) }

// signal sends the process a signal.
func (p *process) signal(s os.Signal) error { return p.cmd.Process.Signal(s) }

// waitReady polls probe until it succeeds. It fails early, with the end of the log, when the process ends.
func (p *process) waitReady(ctx context.Context, probe func(context.Context) error) error {
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
		case <-p.done:
			return p.failure(fmt.Errorf("ended while starting: %w", p.exit()))
		case <-ctx.Done():
			return p.failure(fmt.Errorf("not ready: %w (last answer: %w)", ctx.Err(), err))
		case <-ticker.C:
		}
	}
}

func (p *process) exit() error {
	if p.exitErr == nil {
		return errors.New("exit status 0")
	}
	return p.exitErr
}

func (p *process) failure(err error) error {
	return fmt.Errorf("%s %w\n--- last lines of %s\n%s", p.name, err, p.logPath, p.logTail())
}

func (p *process) logTail() string {
	content, err := os.ReadFile(p.logPath)
	if err != nil {
		return err.Error()
	}
	return lastLines(string(content), 20)
}

// lostPort tells whether the process ended because somebody else took its port between choosing and binding it.
func (p *process) lostPort() bool {
	select {
	case <-p.done:
		return strings.Contains(p.logTail(), "address already in use")
	default:
		return false
	}
}

// childEnv is deliberately small: commands run through exec inherit it and must not see tokens of the caller.
func childEnv(home string) []string {
	env := []string{"HOME=" + home, "LANG=C.UTF-8"}
	for _, name := range []string{"PATH", "TMPDIR"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}
