package report

import (
	"math"
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	var out strings.Builder
	err := WriteTable(&out, "a machine", Summarise([]Sample{
		{What: "acknowledged, p99", Unit: Milliseconds(), Opsbot: 0.004, Peer: 0.002, Against: "Alertmanager", Target: "≤ 15 ms"},
		{What: "acknowledged, p99", Unit: Milliseconds(), Opsbot: 0.006, Peer: 0.002, Against: "Alertmanager", Target: "≤ 15 ms"},
		{What: "acknowledged, p99", Unit: Milliseconds(), Opsbot: 0.005, Peer: 0.01, Against: "Alertmanager 0.25", Target: "≤ 15 ms"},
		{What: "slash command", Unit: Seconds(), Opsbot: 1, Peer: math.NaN(), Target: "≤ 3 s"},
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := `a machine

| what | opsbot | peer | opsbot ÷ peer | target for opsbot |
|---|---:|---:|---:|---|
| acknowledged, p99 | 5.0 ms (4.0–6.0) | 2.0 ms Alertmanager | 2.5 | ≤ 15 ms |
|  |  | 10.0 ms Alertmanager 0.25 | 0.5 |  |
| slash command | 1.0 s | – | – | ≤ 3 s |
`
	if out.String() != want {
		t.Errorf("table is\n%s\nwant\n%s", out.String(), want)
	}
}
