package rollout

import (
	"bytes"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// repeated reads the same text until so many bytes were read.
type repeated struct {
	text string
	left int
	at   int
}

func (r *repeated) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, io.EOF
	}
	n := min(len(p), r.left)
	for i := range n {
		p[i] = r.text[(r.at+i)%len(r.text)]
	}
	r.at, r.left = (r.at+n)%len(r.text), r.left-n
	return n, nil
}

func TestALongLogIsReadToItsEndWithoutBeingKept(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		size int
	}{
		"lines": {"GET /api/products 200 18ms\n", 10 << 20}, "one line": {"x", 100 << 20}, "binary": {"\x00\xff\x1b[31m" + strings.Repeat("\xfe\x7f", 90) + "\n", 20 << 20},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			log, err := readJobLog(io.MultiReader(&repeated{text: c.text, left: c.size}, strings.NewReader("\nreport: {\"p95\": 40}\n")))
			require.NoError(t, err)
			require.Equal(t, `report: {"p95": 40}`, log.Lines[len(log.Lines)-1], "the end is what counts")
			require.LessOrEqual(t, len(log.Lines), maxJobLines)
			require.LessOrEqual(t, len(log.Text()), maxJobLogBytes+maxJobLines+100)
			runtime.GC()
			runtime.ReadMemStats(&after)
			require.Less(t, int64(after.HeapAlloc)-int64(before.HeapAlloc), int64(10<<20))
		})
	}
}

func TestALogIsReadableAndHoldsNoSecret(t *testing.T) {
	log, err := readJobLog(bytes.NewReader([]byte("\x00\x01\x02bin\xffary\nDB_PASSWORD=hunter2\n\nlast without end")))
	require.NoError(t, err)
	require.Equal(t, []string{"bin�ary", "DB_PASSWORD=***", "", "last without end"}, log.Lines)
	require.Equal(t, []string{"", "last without end"}, log.Last(2, 100))
	require.Equal(t, []string{"last without end"}, log.Last(5, 16), "whole lines only")
}
