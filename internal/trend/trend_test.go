package trend

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// days makes points of a function of the day.
func days(n int, value func(day float64) float64) (p Points) {
	for i := range n {
		p.Days, p.Values = append(p.Days, float64(i-n+1)), append(p.Values, value(float64(i)))
	}
	return p
}

func TestReach(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same each time
	noise := func(size float64) float64 { return size * (random.Float64()*2 - 1) }
	for name, c := range map[string]struct {
		points           Points
		ceiling          float64
		state            State
		earliest, latest float64 // that the range has to hold, and lie between; 0 for any
	}{
		"it rises":                            {days(30, func(d float64) float64 { return 10 + d }), 60, Rising, 21, 21},
		"it rises with noise":                 {days(30, func(d float64) float64 { return 10 + d + noise(3) }), 60, Rising, 17, 27},
		"one outlier moves nothing":           {days(30, func(d float64) float64 { return 10 + d + 500*b2f(d == 20) }), 60, Rising, 20, 22},
		"the weekly cycle is noise":           {days(28, func(d float64) float64 { return 10 + d + 2*b2f(int(d)%7 < 5) }), 60, Rising, 18, 28},
		"it is flat":                          {days(30, func(float64) float64 { return 10 }), 60, Flat, 0, 0},
		"noise has no direction":              {days(30, func(float64) float64 { return 10 + noise(5) }), 60, Flat, 0, 0},
		"a step is no trend":                  {days(30, func(d float64) float64 { return 10 + 20*b2f(d >= 15) }), 60, Flat, 0, 0},
		"it falls":                            {days(30, func(d float64) float64 { return 40 - d }), 60, Falling, 0, 0},
		"it is reached":                       {days(30, func(d float64) float64 { return 40 + d }), 60, Reached, 0, 0},
		"it is far":                           {days(30, func(d float64) float64 { return 10 + d/100 }), 60, Far, 0, 0},
		"too few points":                      {days(6, func(d float64) float64 { return d }), 60, Short, 0, 0},
		"none":                                {Points{}, 60, Short, 0, 0},
		"the range would be too wide":         {days(10, func(d float64) float64 { return 10 + d + 4*math.Mod(d*7, 3) }), 60, Noisy, 0, 0},
		"a cleaned disk goes on all the same": {days(30, func(d float64) float64 { return 10 + math.Mod(d, 10) }), 60, Flat, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			f := Reach(c.points, c.ceiling)
			require.Equal(t, c.state, f.State, "%+v", f)
			if c.state == Rising {
				require.LessOrEqual(t, f.Earliest, f.Latest)
				require.GreaterOrEqual(t, f.Earliest, c.earliest-0.01)
				require.LessOrEqual(t, f.Latest, c.latest+0.01)
			}
		})
	}
}

func b2f(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// What no direction has is not given one: of many rows of pure noise, few may be said to rise. And of many that do rise, the range holds the true day.
func TestTheRangeIsHonest(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4)) //nolint:gosec // the same each time
	rising, held := 0, 0
	const rows = 400
	for range rows {
		if f := Reach(days(30, func(float64) float64 { return 10 + random.NormFloat64() }), 20); f.State == Rising {
			rising++
		}
		if f := Reach(days(30, func(d float64) float64 { return 10 + d/2 + random.NormFloat64() }), 40); f.State == Rising && f.Earliest <= 32 && f.Latest >= 30 {
			held++
		}
	}
	require.Less(t, rising, rows*4/100, "2.5 % rise by chance")
	require.Greater(t, held, rows*90/100)
}

func TestAFitNeverFails(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(-1e18, 1e18), 0, 80).Draw(t, "values")
		p := Points{Values: values}
		for range values {
			p.Days = append(p.Days, rapid.Float64Range(-400, 0).Draw(t, "day"))
		}
		f := Reach(p, rapid.Float64Range(-1e18, 1e18).Draw(t, "ceiling"))
		if f.State == Rising {
			require.False(t, math.IsNaN(f.Earliest) || math.IsNaN(f.Latest))
			require.LessOrEqual(t, f.Earliest, f.Latest)
		}
	})
}

func TestPeaks(t *testing.T) {
	end := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	at := []time.Time{end.Add(-50 * time.Hour), end.Add(-49 * time.Hour), end.Add(-2 * time.Hour), end, end.Add(time.Hour)}
	p := Peaks(at, []float64{1, 3, 7, 5, 100}, end, 24*time.Hour)
	require.Equal(t, Points{Days: []float64{-2, 0}, Values: []float64{3, 7}}, p)
}
