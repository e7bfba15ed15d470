package escalation_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/bot/render"
	"opsbot/escalation/incident"
	"opsbot/escalation/internal/fixture"
	"opsbot/messages"
)

// A digest is edited whenever one of its alerts changes; were its list cut, each edit would put a file into the thread.
func TestDigestsOfAStormNameEveryAlertAndNeedNoFile(t *testing.T) {
	s := fixture.NewStory(t)
	s.Observe(fixture.Alert(0))
	var storm []incident.Alert
	for i := range 300 {
		a := fixture.Alert(i+1, "alertname", fmt.Sprintf("Alert%03d%s", i, strings.Repeat("X", 80)), "pod", strings.Repeat("pod", 30))
		a.Annotations["summary"] = strings.Repeat("it does not answer ", 20)
		storm = append(storm, a)
	}
	s.Observe(storm...)

	catalogue, err := messages.Load()
	require.NoError(t, err)
	for _, locale := range messages.Locales() {
		renderer := &render.Renderer{Catalogue: catalogue, Locale: locale}
		var shown strings.Builder
		for k := int64(1); k <= s.Inc.Digests; k++ {
			got := renderer.Message(s.Sent[incident.DigestKey(12, k)].Card, locale)
			require.Empty(t, got.Overflow, "digest %d", k)
			blocks, err := json.Marshal(got.Blocks)
			require.NoError(t, err)
			shown.Write(blocks)
		}
		for i := range 300 {
			require.Contains(t, shown.String(), fmt.Sprintf("Alert%03d", i))
		}
	}
}
