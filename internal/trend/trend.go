// Package trend says how a measured number grows, and when it will reach a ceiling: as a range, or not at all where the measurements do not carry it.
package trend

import (
	"math"
	"slices"
	"time"
)

// Points are measurements, the oldest first: at so many days after some moment, so much.
type Points struct{ Days, Values []float64 }

// Line is a trend by Theil and Sen: the median of the slopes between all pairs of points, which single outliers do not move. Low and High bound the
// slope with 95 % confidence, as Sen (1968) reckons them from Kendall's statistic. Slopes are for a day, Level is where the line stands at the last point.
type Line struct{ Slope, Low, High, Level float64 }

const (
	// fewest is how many points a trend takes.
	fewest = 7
	// z95 is the quantile of the normal distribution for 95 %.
	z95 = 1.959964
)

// Fit finds the trend. ok is false where there are too few points.
func Fit(p Points) (line Line, ok bool) {
	n := len(p.Days)
	if n < fewest {
		return Line{}, false
	}
	slopes := make([]float64, 0, n*(n-1)/2)
	for i := range n {
		for j := i + 1; j < n; j++ {
			if days := p.Days[j] - p.Days[i]; days > 0 {
				slopes = append(slopes, (p.Values[j]-p.Values[i])/days)
			}
		}
	}
	if len(slopes) == 0 {
		return Line{}, false
	}
	slices.Sort(slopes)
	size := float64(n)
	spread := z95 * math.Sqrt(size*(size-1)*(2*size+5)/18)
	low := int(math.Floor((float64(len(slopes)) - spread) / 2))
	line = Line{Slope: median(slopes), Low: slopes[max(0, low)], High: slopes[min(len(slopes)-1, len(slopes)-1-low)]}
	last, levels := p.Days[n-1], make([]float64, n)
	for i := range n {
		levels[i] = p.Values[i] + line.Slope*(last-p.Days[i])
	}
	slices.Sort(levels)
	line.Level = median(levels)
	return line, true
}

func median(sorted []float64) float64 {
	n := len(sorted)
	if n%2 == 1 {
		return sorted[n/2]
	}
	return (sorted[n/2-1] + sorted[n/2]) / 2
}

// State is what can be said of a ceiling.
type State int

// The states, the most urgent first.
const (
	// Reached: it is reached already.
	Reached State = iota
	// Rising: it will be reached within a range of days.
	Rising
	// Short, Flat, Noisy: nobody can tell, because there are too few points, the number has no direction, or the range would be too wide to mean anything.
	Short
	Noisy
	Flat
	// Far: it is not reached as far ahead as the points allow to look.
	Far
	// Falling: it is not reached.
	Falling
)

// Forecast is when a ceiling is reached, in days after the last point.
type Forecast struct {
	State State
	Line  Line
	// Earliest and Latest are set while Rising; Earliest also when Far. Latest is infinite where it is too far ahead to be said.
	Earliest, Latest float64
}

const (
	// ahead is how far a trend is carried on: as many times the days that it was seen for.
	ahead = 4
	// widest is how many times the latest day may be the earliest.
	widest = 6
)

// Reach forecasts when the points reach a ceiling.
func Reach(p Points, ceiling float64) Forecast {
	line, ok := Fit(p)
	f := Forecast{State: Short, Line: line}
	if !ok {
		return f
	}
	gap := ceiling - line.Level
	horizon := ahead * (p.Days[len(p.Days)-1] - p.Days[0])
	switch {
	case gap <= 0:
		f.State = Reached
		return f
	case line.High < 0:
		f.State = Falling
		return f
	case line.Low <= 0:
		f.State = Flat
		return f
	}
	f.State, f.Earliest, f.Latest = Rising, gap/line.High, gap/line.Low
	switch {
	case f.Earliest > horizon:
		f.State = Far
	case f.Latest > widest*f.Earliest:
		f.State = Noisy
	case f.Latest > horizon:
		f.Latest = math.Inf(1)
	}
	return f
}

// Peaks are the highest measurements of spans of time, the last of which ends at end. Spans without a measurement have no point.
func Peaks(at []time.Time, values []float64, end time.Time, span time.Duration) Points {
	highest := map[int]float64{}
	for i := range at {
		back := int(end.Sub(at[i]) / span)
		if before, seen := highest[back]; !at[i].After(end) && (!seen || values[i] > before) {
			highest[back] = values[i]
		}
	}
	var spans []int
	for back := range highest {
		spans = append(spans, back)
	}
	slices.Sort(spans)
	slices.Reverse(spans)
	var p Points
	for _, back := range spans {
		p.Days = append(p.Days, -float64(back)*span.Hours()/24)
		p.Values = append(p.Values, highest[back])
	}
	return p
}
