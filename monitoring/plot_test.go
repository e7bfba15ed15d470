package monitoring_test

import (
	"bytes"
	"image/png"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/monitoring"
)

func TestDailyPNG(t *testing.T) {
	days := []time.Time{begin, begin.AddDate(0, 0, 1), begin.AddDate(0, 0, 2)}
	for _, lines := range [][][]float64{{{1, 2, 3}}, {{1, math.NaN(), 3}, {math.NaN(), math.NaN(), 200}}, {{0, 0, 0}}} {
		names := []string{"<postgres-data> storage", "node-1 cpu"}[:len(lines)]
		picture, err := monitoring.DailyPNG(days, names, lines)
		require.NoError(t, err)
		_, err = png.Decode(bytes.NewReader(picture))
		require.NoError(t, err)
	}
}
