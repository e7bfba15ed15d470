package report

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

// Machine says where and when the figures were taken, and how busy the machine was with other things.
func Machine() string {
	load, _, _ := strings.Cut(firstLine("/proc/loadavg"), " ")
	return fmt.Sprintf("%s: %d cores (%s), kernel %s, %s, load before the run %s",
		time.Now().UTC().Format(time.DateOnly), runtime.NumCPU(), processor(), firstLine("/proc/sys/kernel/osrelease"), runtime.Version(), load)
}

func processor() string {
	data, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	for line := range strings.Lines(string(data)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

func firstLine(path string) string {
	data, err := os.ReadFile(path)
	if err != nil {
		return "unknown"
	}
	line, _, _ := strings.Cut(string(data), "\n")
	return line
}
