package capacity

import (
	"cmp"
	"math"
	"strings"
	"time"

	"opsbot/internal/trend"
	"opsbot/k8sops/metrics"
	"opsbot/messages"
)

// kind is what runs out.
type kind string

const (
	nodeCPU    kind = "node cpu"
	nodeMemory kind = "node memory"
	podCPU     kind = "cpu"
	podMemory  kind = "memory"
	disk       kind = "storage"
)

// thing is something with a ceiling, in cores or bytes. A ceiling of 0 is none.
type thing struct {
	kind    kind
	name    string
	ceiling float64
	// of says what the ceiling is.
	of       messages.Text
	points   trend.Points
	forecast trend.Forecast
	// why there is no trend although there are samples, zero where the forecast tells.
	why messages.Text
	now float64
}

// newThing looks at a series. end is the present.
func newThing(k kind, name string, ceiling float64, of messages.Text, s metrics.Series, end time.Time, span time.Duration) thing {
	t := thing{kind: k, name: name, ceiling: ceiling, of: of, points: trend.Peaks(s.At, s.Values, end, span)}
	t.now = s.Values[len(s.Values)-1]
	switch last := s.At[len(s.At)-1]; {
	case end.Sub(last) > 2*span:
		t.why = messages.New("k8sops.capacity.stale", "since", last.UTC().Format(time.DateOnly))
	case ceiling <= 0:
		t.why = messages.New("k8sops.capacity.no_ceiling")
	}
	t.forecast = trend.Reach(t.points, ceiling)
	return t
}

// percent is how much of the ceiling is used now, 0 where there is none.
func (t thing) percent() float64 {
	if t.ceiling <= 0 {
		return 0
	}
	return 100 * t.now / t.ceiling
}

// known reports whether there is something to be said about when it runs out.
func (t thing) known() bool {
	return t.why.IsZero() && (t.forecast.State == trend.Reached || t.forecast.State == trend.Rising || t.forecast.State == trend.Far || t.forecast.State == trend.Falling)
}

// left is how many days are left at least: infinite where nothing runs out, or nobody can tell.
func (t thing) left() float64 {
	switch {
	case !t.why.IsZero():
		return math.Inf(1)
	case t.forecast.State == trend.Reached:
		return 0
	case t.forecast.State == trend.Rising, t.forecast.State == trend.Far:
		return t.forecast.Earliest
	}
	return math.Inf(1)
}

// byUrgency has first what runs out first, then what nobody can tell of, the fullest first, and last what does not run out.
func byUrgency(a, b thing) int {
	last := func(t thing) int {
		switch {
		case !math.IsInf(t.left(), 1):
			return 0
		case t.known():
			return 2
		}
		return 1
	}
	return cmp.Or(cmp.Compare(last(a), last(b)), cmp.Compare(a.left(), b.left()), cmp.Compare(b.percent(), a.percent()), strings.Compare(a.name, b.name), cmp.Compare(a.kind, b.kind))
}
