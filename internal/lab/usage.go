package lab

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// clockTicks is USER_HZ, in which /proc counts processor time; it is 100 on every Linux that Go supports.
const clockTicks = 100

// Resident is the memory that the process holds now, in bytes.
func (p *Process) Resident() (float64, error) { return p.status("VmRSS:") }

// Private is what of it is not a part of the program's file, which the kernel may drop and read again.
func (p *Process) Private() (float64, error) { return p.status("RssAnon:") }

// Peak is the most memory that it ever held, or since the last ForgetPeak.
func (p *Process) Peak() (float64, error) { return p.status("VmHWM:") }

// ForgetPeak makes Peak start again from what the process holds now; see proc(5), clear_refs.
func (p *Process) ForgetPeak() error { return os.WriteFile(p.proc("clear_refs"), []byte("5"), 0) }

func (p *Process) proc(file string) string { return fmt.Sprintf("/proc/%d/%s", p.pid(), file) }

func (p *Process) status(key string) (float64, error) {
	data, err := os.ReadFile(p.proc("status"))
	if err != nil {
		return 0, fmt.Errorf("memory of a process (Linux only): %w", err)
	}
	for line := range strings.Lines(string(data)) {
		if fields := strings.Fields(line); len(fields) == 3 && fields[0] == key {
			kib, err := strconv.ParseFloat(fields[1], 64)
			return kib * 1024, err
		}
	}
	return 0, fmt.Errorf("%s has no %s", p.proc("status"), key)
}

// ProcessorTime is what the process has used so far, in user and in kernel mode.
func (p *Process) ProcessorTime() (time.Duration, error) {
	data, err := os.ReadFile(p.proc("stat"))
	if err != nil {
		return 0, fmt.Errorf("processor time of a process (Linux only): %w", err)
	}
	// The second field is the program's name in parentheses and may hold spaces; utime and stime are fields 14 and 15.
	_, rest, _ := strings.Cut(string(data), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0, fmt.Errorf("%s is too short", p.proc("stat"))
	}
	user, err := strconv.ParseInt(fields[11], 10, 64)
	if err != nil {
		return 0, err
	}
	kernel, err := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+kernel) * time.Second / clockTicks, err
}
