package main

import (
	"fmt"
	"io"
	"math"
	"strings"
)

// writeTable prints the machine and one row per figure, as Markdown.
func writeTable(out io.Writer, machine string, results []result) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", machine)
	b.WriteString("| what | opsbot | peer | opsbot ÷ peer | target for opsbot |\n|---|---:|---:|---:|---|\n")
	for _, r := range results {
		peer := r.cell(r.peer, r.peerRange)
		if r.against != "" {
			peer += " " + r.against
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", r.what, r.cell(r.opsbot, r.opsbotRange), peer, r.ratio(), r.target)
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// cell is a median with, where rounds differ, the range of all rounds.
func (r result) cell(value float64, of span) string {
	if math.IsNaN(value) {
		return "–"
	}
	text := r.unit.format(value)
	if of.low == of.high {
		return text
	}
	return fmt.Sprintf("%s (%s–%s)", text, r.unit.number(of.low), r.unit.number(of.high))
}

func (r result) ratio() string {
	if math.IsNaN(r.opsbot) || math.IsNaN(r.peer) || r.peer == 0 {
		return "–"
	}
	ratio := r.opsbot / r.peer
	if ratio >= 100 {
		return fmt.Sprintf("%.0f", ratio)
	}
	return fmt.Sprintf("%.2g", ratio)
}

// unit is how a figure is written: its value times factor, with so many decimals.
type unit struct {
	factor   float64
	decimals int
	name     string
}

func milliseconds() unit { return unit{1000, 1, " ms"} }
func seconds() unit      { return unit{1, 1, " s"} }
func megabytes() unit    { return unit{1e-6, 0, " MB"} }
func perSecond() unit    { return unit{1, 0, "/s"} }
func percent() unit      { return unit{100, 2, " %"} }
func count() unit        { return unit{1, 0, ""} }

func (u unit) number(value float64) string { return fmt.Sprintf("%.*f", u.decimals, value*u.factor) }

func (u unit) format(value float64) string { return u.number(value) + u.name }
