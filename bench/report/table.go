package report

import (
	"fmt"
	"io"
	"math"
	"strings"
)

// WriteTable prints the machine and one row per figure, as Markdown. A second peer has a row of its own, which does not
// repeat what the figure is.
func WriteTable(out io.Writer, machine string, results []Result) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", machine)
	b.WriteString("| what | opsbot | peer | opsbot ÷ peer | target for opsbot |\n|---|---:|---:|---:|---|\n")
	last := ""
	for _, r := range results {
		what, opsbot, target := r.What, r.cell(r.Opsbot, r.opsbotRange), r.Target
		if what == last {
			what, opsbot, target = "", "", ""
		}
		last = r.What
		peer := r.cell(r.Peer, r.peerRange)
		if r.Against != "" {
			peer += " " + r.Against
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", what, opsbot, peer, r.ratio(), target)
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// cell is a median with, where rounds differ, the range of all rounds.
func (r Result) cell(value float64, of span) string {
	if math.IsNaN(value) {
		return "–"
	}
	text := r.Unit.format(value)
	if of.low == of.high {
		return text
	}
	return fmt.Sprintf("%s (%s–%s)", text, r.Unit.number(of.low), r.Unit.number(of.high))
}

func (r Result) ratio() string {
	if math.IsNaN(r.Opsbot) || math.IsNaN(r.Peer) || r.Peer == 0 {
		return "–"
	}
	ratio := r.Opsbot / r.Peer
	if ratio >= 100 {
		return fmt.Sprintf("%.0f", ratio)
	}
	return fmt.Sprintf("%.2g", ratio)
}

// Unit is how a figure is written: its value times factor, with so many decimals.
type Unit struct {
	factor   float64
	decimals int
	name     string
}

// Milliseconds is for what was measured in seconds.
func Milliseconds() Unit { return Unit{1000, 1, " ms"} }

// Seconds is for what takes longer.
func Seconds() Unit { return Unit{1, 1, " s"} }

// Megabytes is for bytes, in millions.
func Megabytes() Unit { return Unit{1e-6, 0, " MB"} }

// PerSecond is a rate.
func PerSecond() Unit { return Unit{1, 0, "/s"} }

// Percent is for a share of one.
func Percent() Unit { return Unit{100, 2, " %"} }

// Count is a plain number.
func Count() Unit { return Unit{1, 0, ""} }

func (u Unit) number(value float64) string { return fmt.Sprintf("%.*f", u.decimals, value*u.factor) }

func (u Unit) format(value float64) string { return u.number(value) + u.name }
