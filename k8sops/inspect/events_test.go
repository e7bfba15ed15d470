package inspect

import (
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/runtime"

	"opsbot/internal/optest"
	"opsbot/messages"
)

func TestEventsAreGroupedNewestFirst(t *testing.T) {
	objects := []runtime.Object{
		optest.Deployment("user-service", 1), optest.Deployment("user-service-v2", 1),
		optest.Event(1, "Pod", "user-service-6d4b75cb6d-hwxyz", "BackOff", "Back-off restarting container in pod user-service-6d4b75cb6d-hwxyz", 5, 3),
		optest.Event(2, "Pod", "user-service-6d4b75cb6d-abcde", "BackOff", "Back-off restarting container in pod user-service-6d4b75cb6d-abcde", 2, 4),
		optest.Event(3, "Deployment", "user-service", "ScalingReplicaSet", "Scaled up to 3", 10, 1),
		optest.Event(4, "Pod", "user-service-v2-6d4b75cb6d-abcde", "Pulled", "image there", 1, 1),
		optest.Event(5, "Deployment", "user-service", "ScalingReplicaSet", "Scaled up to 9", 300, 1),
	}
	for name, line := range map[string]string{"events": "events", "events-service": "events user", "events-warnings": "events --warnings --since 3m"} {
		t.Run(name, func(t *testing.T) {
			call, _ := optest.NewCall(t, Operations(optest.TestPlatform()), line, objects...)
			result, err := call.Operation.Answer(t.Context(), call, &optest.RecordedProgress{})
			require.NoError(t, err)
			optest.Golden(t, name, func(p *messages.Printer) string { return optest.ShowCard(p, result.Card) })
		})
	}
}

// maxTableColumns is what a message shows on a screen of normal width without wrapping; slackCell is how wide it shows a cell.
const maxTableColumns, slackCell = 96, 40

func requireNarrow(t *testing.T, table *messages.Table) {
	t.Helper()
	catalogue, err := messages.Load()
	require.NoError(t, err)
	for _, locale := range messages.Locales() {
		for _, line := range catalogue.Printer(locale, messages.Plain()).TableLines(*table, slackCell) {
			require.LessOrEqual(t, messages.DisplayWidth(line), maxTableColumns, line)
		}
	}
}

func TestTheTableOfEventsFitsAScreen(t *testing.T) {
	objects := []runtime.Object{
		optest.Event(1, "Pod", "product-service-6d4b75cb6d-hwxyz", "BackOff", "Back-off restarting failed container product-service in pod", 5, 3812),
		optest.Event(2, "HorizontalPodAutoscaler", "product-service-hpa", "SuccessfulRescale", "New size: 7; reason: cpu resource utilization above target", 7, 2),
		optest.Event(3, "Deployment", "product-service", "ScalingReplicaSet", "Scaled up replica set product-service-6d4b75cb6d to 3 from 1", 59, 1),
	}
	call, _ := optest.NewCall(t, Operations(optest.TestPlatform()), "events", objects...)
	result, err := call.Operation.Answer(t.Context(), call, &optest.RecordedProgress{})
	require.NoError(t, err)
	table := result.Card.Sections[0].Table
	require.Len(t, table.Rows, 3)
	requireNarrow(t, table)
}

func TestNoEvents(t *testing.T) {
	call, _ := optest.NewCall(t, Operations(optest.TestPlatform()), "events")
	result, err := call.Operation.Answer(t.Context(), call, &optest.RecordedProgress{})
	require.NoError(t, err)
	require.Equal(t, "k8sops.events.none", result.Card.Title.ID)
}
