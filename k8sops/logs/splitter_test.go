package logs

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/internal/loglevel"
	"opsbot/internal/optest"
)

// split gives the entries of lines that were written at one moment.
func split(lines []string) []entry {
	var s splitter
	var entries []entry
	for _, line := range lines {
		if e, ok := s.next(optest.TestNow(), line); ok {
			entries = append(entries, e)
		}
	}
	if e, ok := s.end(); ok {
		entries = append(entries, e)
	}
	return entries
}

func textsOf(entries []entry) (texts []string) {
	for _, e := range entries {
		texts = append(texts, e.text)
	}
	return texts
}

func TestATraceIsOneEntry(t *testing.T) {
	files, err := filepath.Glob("testdata/entries/*.txt")
	require.NoError(t, err)
	require.Len(t, files, 4)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			require.NoError(t, err)
			want := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n====\n")
			require.Equal(t, want, textsOf(split(strings.Split(strings.Join(want, "\n"), "\n"))))
		})
	}
}

// Every line comes out once and in order, whatever the lines are.
func TestNoLineIsLostBetweenEntries(t *testing.T) {
	var vocabulary []string
	for _, file := range []string{"go", "python", "java", "others"} {
		data, err := os.ReadFile("testdata/entries/" + file + ".txt")
		require.NoError(t, err)
		vocabulary = append(vocabulary, strings.Split(string(data), "\n")...)
	}
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a test repeats itself
	for range 300 {
		lines := make([]string, random.IntN(60))
		for i := range lines {
			lines[i] = vocabulary[random.IntN(len(vocabulary))]
		}
		require.Equal(t, strings.Join(lines, "\n"), strings.Join(textsOf(split(lines)), "\n"))
	}
}

func FuzzSplitter(f *testing.F) {
	for _, file := range []string{"go", "python", "java", "others"} {
		data, err := os.ReadFile("testdata/entries/" + file + ".txt")
		require.NoError(f, err)
		f.Add(string(data))
	}
	f.Fuzz(func(t *testing.T, text string) {
		lines := strings.Split(text, "\n")
		entries := split(lines)
		kept := 0
		for _, e := range entries {
			kept += strings.Count(e.text, "\n") + 1
			require.LessOrEqual(t, strings.Count(e.text, "\n"), maxEntryLines)
		}
		if len(lines) <= maxEntryLines && len(text) < maxEntryBytes {
			require.Equal(t, text, strings.Join(textsOf(entries), "\n"))
		}
		require.LessOrEqual(t, kept, len(lines)+len(entries))
	})
}

func TestAnEntryHasTheLevelOfItsFirstLine(t *testing.T) {
	entries := split([]string{"INFO parsed", "  error: in a field", "panic: closed", "", "goroutine 1 [running]:", "main.main()", "INFO started"})
	var levels []loglevel.Level
	for _, e := range entries {
		levels = append(levels, e.level)
	}
	require.Equal(t, []loglevel.Level{loglevel.Calm, loglevel.Error, loglevel.Error, loglevel.Calm}, levels)
}

func TestAnEndlessTraceIsShortened(t *testing.T) {
	lines := []string{"panic: too deep"}
	for range 5000 {
		lines = append(lines, "main.f(0x1)")
	}
	entries := split(append(lines, "INFO started"))
	require.Len(t, entries, 2)
	require.True(t, strings.HasSuffix(entries[0].text, "\n… (+4881)"), entries[0].text[len(entries[0].text)-50:])

	lines = []string{"the tree"}
	for range 5000 {
		lines = append(lines, "  leaf")
	}
	entries = split(append(lines, "  last leaf"))
	require.Contains(t, entries[len(entries)-1].text, "last leaf", "what is only indented is never dropped")
}

// What comes later is something else.
func TestALateLineBeginsAnEntry(t *testing.T) {
	var s splitter
	s.next(optest.TestNow(), "panic: closed")
	complete, ok := s.next(optest.TestNow().Add(time.Minute), "\tindented")
	require.True(t, ok)
	require.Equal(t, "panic: closed", complete.text)
}

func TestColoursDoNotHideALevel(t *testing.T) {
	tail := newLogTail(10)
	filter := logFilter{errorsOnly: true}
	for _, line := range []string{"\x1b[31mERR\x1b[0mOR\x1b[0m order 17", "\x1b[32mINFO\x1b[0m no error", `\u001b[31mERROR\u001b[39m order 18`} {
		filter.take(tail, "pod", "2026-03-02T09:30:00Z "+line)
	}
	filter.end(tail, "pod")
	require.Len(t, tail.lines, 2)
	require.Equal(t, "ERROR order 17", tail.lines[0].text)
}

func TestGrepFindsALineOfATraceAndShowsAllOfIt(t *testing.T) {
	tail := newLogTail(10)
	filter := logFilter{grep: regexp.MustCompile("^main.main")}
	for _, line := range []string{"panic: closed", "goroutine 1 [running]:", "main.main()", "\t/src/main.go:7", "INFO started"} {
		filter.take(tail, "pod", "2026-03-02T09:30:00Z "+line)
	}
	filter.end(tail, "pod")
	require.Len(t, tail.lines, 1)
	require.Equal(t, "panic: closed\ngoroutine 1 [running]:\nmain.main()\n\t/src/main.go:7", tail.lines[0].text)
	require.Equal(t, 1, tail.matched)
}
