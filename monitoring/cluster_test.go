package monitoring

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
)

// standIn answers like an Alertmanager, for what a real one does only with patience.
type standIn struct {
	started  time.Time
	config   string
	groups   []any
	isBroken bool
}

func (s *standIn) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if user, password, _ := r.BasicAuth(); s.isBroken || user != "ops" || password != "secret" {
		http.Error(w, "no", http.StatusServiceUnavailable)
		return
	}
	var answer any
	switch r.URL.Path {
	case "/prefix/api/v2/status":
		answer = map[string]any{"config": map[string]any{"original": s.config}, "uptime": s.started, "versionInfo": map[string]any{"version": "0.25.0"}}
	case "/prefix/api/v2/alerts/groups":
		answer = s.groups
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(answer)
}

// held is an alert as the API shows it; muted is nil where the API does not tell.
func held(fingerprint, state string, muted []string) map[string]any {
	status := map[string]any{"state": state, "silencedBy": []string{}, "inhibitedBy": []string{}}
	if muted != nil {
		status["mutedBy"] = muted
	}
	return map[string]any{
		"fingerprint": fingerprint, "startsAt": start, "endsAt": start.Add(time.Hour), "updatedAt": start, "status": status,
		"labels": map[string]string{"alertname": "X", "instance": fingerprint}, "annotations": map[string]string{"summary": "s"}, "generatorURL": "http://p/graph",
	}
}

func grouped(receiver string, labels map[string]string, alerts ...any) map[string]any {
	return map[string]any{"receiver": map[string]any{"name": receiver}, "labels": labels, "alerts": alerts}
}

var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

const plain = "route: {receiver: opsbot, group_wait: 1s, group_interval: 2s}\nreceivers: [{name: opsbot}, {name: opsbot-dba}, {name: mail}]\n"

// clusterOf asks stand-ins, on a clock that stands still.
func clusterOf(t *testing.T, receiver string, members ...*standIn) (c *Cluster, now *time.Time) {
	t.Helper()
	now = new(time.Time)
	*now = start.Add(time.Hour)
	var urls []string
	for _, m := range members {
		server := httptest.NewServer(m)
		t.Cleanup(server.Close)
		urls = append(urls, strings.Replace(server.URL, "http://", "http://ops:secret@", 1)+"/prefix/")
	}
	c, err := NewCluster(ClusterConfig{URLs: urls, Receiver: receiver, Settle: SettleTime, Now: func() time.Time { return *now }, Log: zap.NewNop()})
	require.NoError(t, err)
	return c, now
}

func TestLook(t *testing.T) {
	x := map[string]string{"alertname": "X"}
	first := &standIn{started: start, config: plain, groups: []any{
		grouped("opsbot", x, held("a", "active", []string{}), held("b", "suppressed", []string{}), held("c", "unprocessed", []string{})),
		grouped("mail", x, held("d", "active", []string{})),
	}}
	second := &standIn{started: start, config: plain, groups: []any{grouped("opsbot-dba", x, held("a", "active", []string{}), held("e", "active", nil))}}
	c, now := clusterOf(t, "opsbot.*", first, second)
	view, err := c.Look(t.Context())
	require.NoError(t, err)
	require.Equal(t, *now, view.At)
	require.True(t, view.Complete)
	require.Equal(t, map[string]bool{"a": true, "b": true, "c": true, "d": true, "e": true}, view.Held)
	require.Len(t, view.Groups, 1, "one group of two members")
	g := view.Groups[0]
	require.Equal(t, x, g.Labels)
	require.Equal(t, []time.Duration{time.Second, 2 * time.Second}, []time.Duration{g.Wait, g.Interval})
	require.Len(t, g.Alerts, 2)
	require.Equal(t, Alert{
		Fingerprint: "a", Labels: map[string]string{"alertname": "X", "instance": "a"}, Annotations: map[string]string{"summary": "s"}, StartsAt: start,
		GeneratorURL: "http://p/graph", IsActive: true,
	}, g.Alerts[0])
	require.Equal(t, "e", g.Alerts[1].Fingerprint)
}

func TestWhatIsMutedIsHeldOnly(t *testing.T) {
	timed := strings.Replace(plain, "receiver: opsbot,", "receiver: opsbot, routes: [{match: {alertname: X}, active_time_intervals: [office]}],", 1)
	for name, tt := range map[string]struct {
		config string
		muted  []string
		active int
	}{
		"not muted, the API says so":           {timed, []string{}, 1},
		"no time intervals":                    {plain, nil, 1},
		"time intervals, the API says nothing": {timed, nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			c, _ := clusterOf(t, "opsbot", &standIn{started: start, config: tt.config, groups: []any{grouped("opsbot", nil, held("a", "active", tt.muted))}})
			view, err := c.Look(t.Context())
			require.NoError(t, err)
			require.True(t, view.Held["a"])
			require.Len(t, view.Groups, tt.active)
		})
	}
}

func TestAnIncompleteLook(t *testing.T) {
	for name, tt := range map[string]struct {
		spoil func(second *standIn)
	}{
		"a member is down":                    {func(s *standIn) { s.isBroken = true }},
		"a member has just started":           {func(s *standIn) { s.started = start.Add(time.Hour - SettleTime + time.Second) }},
		"a member does not know the receiver": {func(s *standIn) { s.config = "route: {receiver: mail}\nreceivers: [{name: mail}]\n" }},
	} {
		t.Run(name, func(t *testing.T) {
			first := &standIn{started: start, config: plain, groups: []any{grouped("opsbot", nil, held("a", "active", nil))}}
			second := &standIn{started: start, config: plain}
			tt.spoil(second)
			c, _ := clusterOf(t, "opsbot", first, second)
			view, err := c.Look(t.Context())
			require.NoError(t, err)
			require.False(t, view.Complete)
			require.Len(t, view.Groups, 1, "what the other reports counts")
			first.isBroken, second.isBroken = true, true
			_, err = c.Look(t.Context())
			require.Error(t, err)
			require.NotContains(t, err.Error(), "secret")
		})
	}
}

// Its clock is an hour behind, so that it seems to have run for an hour.
func TestARestartIsSeenWhateverItsClockSays(t *testing.T) {
	member := &standIn{started: start, config: plain}
	c, now := clusterOf(t, "opsbot", member)
	complete := func() bool {
		view, err := c.Look(t.Context())
		require.NoError(t, err)
		return view.Complete
	}
	require.True(t, complete())
	member.started = start.Add(time.Minute)
	require.False(t, complete())
	*now = now.Add(SettleTime - time.Second)
	require.False(t, complete())
	*now = now.Add(time.Second)
	require.True(t, complete())
}
