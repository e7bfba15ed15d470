package redact

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The figures are MB a second, and a second of the processor, which other work on the machine does not change: of lines of a log that hold no secret, of lines that hold one each, and of a log in which one line in
// twenty does.
func BenchmarkRedact(b *testing.B) {
	clean, secret := corpus(b, "harmless.txt"), corpus(b, "hostile.txt")
	for i, line := range secret {
		secret[i] = marks.Replace(line)
	}
	var mixed []string
	for i, line := range clean {
		mixed = append(mixed, line)
		if i%20 == 0 {
			mixed = append(mixed, secret[i])
		}
	}
	ordinary := []string{"2026-03-02 09:30:00.123 INFO  [http-nio-8080-exec-7] c.e.order.OrderController : order 5012 created for customer 42 in 17 ms, 3 items, total 149.90"}
	for name, lines := range map[string][]string{"ordinary": ordinary, "harmless": clean, "mixed": mixed, "secret": secret} {
		b.Run(name, func(b *testing.B) {
			size := 0
			for _, line := range lines {
				size += len(line) + 1
			}
			b.SetBytes(int64(size))
			Text(strings.Join(lines, "\n")) // compiles what these lines need
			before := cpuTime(b)
			for b.Loop() {
				r := &Lines{}
				for _, line := range lines {
					r.Redact(line)
				}
			}
			b.ReportMetric(float64(size)*float64(b.N)/1e6/(cpuTime(b)-before).Seconds(), "MB/cpu-s")
		})
	}
}

func cpuTime(b *testing.B) time.Duration {
	var usage syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
