package escalation_test

import (
	"context"
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"opsbot/escalation"
)

// payload is a webhook body as Alertmanager sends it.
func payload(t testing.TB, groupKey string, alerts ...escalation.Alert) []byte {
	t.Helper()
	type wire struct {
		Status       string            `json:"status"`
		Labels       map[string]string `json:"labels"`
		Annotations  map[string]string `json:"annotations"`
		StartsAt     time.Time         `json:"startsAt"`
		EndsAt       time.Time         `json:"endsAt"`
		GeneratorURL string            `json:"generatorURL"`
		Fingerprint  string            `json:"fingerprint"`
	}
	body := map[string]any{
		"version": "4", "groupKey": groupKey, "truncatedAlerts": 0, "status": "firing", "receiver": "opsbot",
		"groupLabels": map[string]string{"group": groupKey}, "commonLabels": map[string]string{},
		"commonAnnotations": map[string]string{}, "externalURL": "http://alertmanager:9093",
	}
	var list []wire
	for _, a := range alerts {
		w := wire{Status: "resolved", Labels: a.Labels, Annotations: a.Annotations, StartsAt: a.StartsAt, EndsAt: a.EndsAt, Fingerprint: a.Fingerprint}
		if a.Firing {
			w.Status = "firing"
		}
		list = append(list, w)
	}
	body["alerts"] = list
	data, err := json.Marshal(body)
	require.NoError(t, err)
	return data
}

func config(t testing.TB, m *memory) escalation.Config {
	t.Helper()
	return escalation.Config{
		Journal: m, Store: m, Openings: m, Queries: m, Alerts: m, Policy: handbook(), Directory: directory(t), Now: time.Now, Log: zap.NewNop(), SetAside: "a delivery was set aside",
	}
}

func newService(t testing.TB, m *memory) *escalation.Service {
	t.Helper()
	s, err := escalation.NewService(config(t, m))
	require.NoError(t, err)
	return s
}

// running runs the service until the returned function is called.
func running(t *testing.T, s *escalation.Service) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	return func() {
		cancel()
		require.ErrorIs(t, <-done, context.Canceled)
	}
}

func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}
