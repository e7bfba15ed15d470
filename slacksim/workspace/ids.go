package workspace

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// obj is a JSON object on its way out.
type obj = map[string]any

// NewID returns a workspace-unique id such as U0SIM0000A. Callers hold mu or
// are still building the workspace.
func (w *Workspace) NewID(prefix string) string {
	w.ids++
	return fmt.Sprintf("%s0SIM%05s", prefix, strings.ToUpper(strconv.FormatInt(int64(w.ids), 36)))
}

// RandomHex is a random text of twice as many digits.
func (w *Workspace) RandomHex(bytes int) string {
	b := make([]byte, bytes)
	for i := range b {
		b[i] = byte(w.Rand.Uint32())
	}
	return hex.EncodeToString(b)
}

// NewTS returns the next message ts: ten digits of seconds, six of
// microseconds, never twice (SF-6.18).
func (w *Workspace) NewTS() string {
	now := w.Options.Clock.Now().UnixMicro()
	if now <= w.lastTS {
		now = w.lastTS + 1
	}
	w.lastTS = now
	return formatTS(now)
}

func formatTS(micros int64) string {
	return fmt.Sprintf("%010d.%06d", micros/1e6, micros%1e6)
}

// TSOf is a time as a message ts.
func TSOf(t time.Time) string { return formatTS(t.UnixMicro()) }

// ValidTS reports whether s looks like a message ts or a Unix time.
func ValidTS(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}

// Slug makes a name that may be a handle or a domain.
func Slug(name string) string {
	mapped := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return '-'
	}, name)
	return strings.Trim(mapped, "-")
}
