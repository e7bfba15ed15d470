package loglevel

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// corpus are the lines of a file; what begins with // is about them.
func corpus(t testing.TB, name string) []string {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name + ".txt")
	require.NoError(t, err)
	var lines []string
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSuffix(line, "\n"); !strings.HasPrefix(line, "//") {
			lines = append(lines, line)
		}
	}
	return lines
}

func TestLinesOfTroubleAreFound(t *testing.T) {
	lines := corpus(t, "troubles")
	require.Greater(t, len(lines), 100)
	for _, line := range lines {
		if Of(line) == Calm {
			t.Errorf("passed over: %s", line)
		}
	}
}

func TestHarmlessLinesAreNoTrouble(t *testing.T) {
	lines := corpus(t, "harmless")
	require.Greater(t, len(lines), 100)
	for _, line := range lines {
		if Of(line) != Calm {
			t.Errorf("taken for trouble: %s", line)
		}
	}
}

func TestAWarningIsNoError(t *testing.T) {
	for line, want := range map[string]Level{
		"WARN slow": Warning, "ERROR lost": Error, "level=warn msg=x": Warning, `{"level":40,"msg":"x"}`: Warning, `{"level":50,"msg":"x"}`: Error,
		"<4>x": Warning, "<3>x": Error, "W0302 09:30:00.1 1 a.go:1] x": Warning, "[警告] 磁盘": Warning, "DeprecationWarning: x": Warning, "": Calm,
	} {
		require.Equal(t, want, Of(line), line)
	}
}

// Whatever a line holds, it has a level, and white space after it changes nothing.
func FuzzOf(f *testing.F) {
	for _, name := range []string{"troubles", "harmless"} {
		for _, line := range corpus(f, name) {
			f.Add(line)
		}
	}
	f.Fuzz(func(t *testing.T, line string) {
		require.Equal(t, Of(line), Of(line+" \t"))
	})
}

func BenchmarkOf(b *testing.B) {
	lines := append(corpus(b, "troubles"), corpus(b, "harmless")...)
	size := 0
	for _, line := range lines {
		size += len(line)
	}
	b.SetBytes(int64(size))
	for b.Loop() {
		for _, line := range lines {
			Of(line)
		}
	}
}

func BenchmarkOfChatter(b *testing.B) {
	const line = "INFO order 17 created for customer 4 in 17 ms, 3 items, total 149.90, host order-service-6d4b75cb6d-hwxyz"
	b.SetBytes(int64(len(line)))
	for b.Loop() {
		Of(line)
	}
}
