package main

import (
	"math"
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	var out strings.Builder
	err := writeTable(&out, "a machine", summarise([]sample{
		{what: "acknowledged, p99", unit: milliseconds(), opsbot: 0.004, peer: 0.002, against: "Alertmanager", target: "≤ 15 ms"},
		{what: "acknowledged, p99", unit: milliseconds(), opsbot: 0.006, peer: 0.002, against: "Alertmanager", target: "≤ 15 ms"},
		{what: "slash command", unit: seconds(), opsbot: 1, peer: math.NaN(), target: "≤ 3 s"},
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := `a machine

| what | opsbot | peer | opsbot ÷ peer | target for opsbot |
|---|---:|---:|---:|---|
| acknowledged, p99 | 5.0 ms (4.0–6.0) | 2.0 ms Alertmanager | 2.5 | ≤ 15 ms |
| slash command | 1.0 s | – | – | ≤ 3 s |
`
	if out.String() != want {
		t.Errorf("table is\n%s\nwant\n%s", out.String(), want)
	}
}
