package monitoring

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// asShown is a configuration as the status of Alertmanager 0.25 shows it.
const asShown = `global:
  resolve_timeout: 5m
route:
  receiver: opsbot
  group_by: [alertname]
  continue: false
  routes:
  - receiver: mail
    matchers:
    - severity="info"
    continue: true
    repeat_interval: 1d
  - matchers:
    - alertname="Watchdog"
    continue: false
    group_interval: 1m
    repeat_interval: 1m
  - receiver: night
    match:
      team: web
    match_re:
      severity: crit.*|page
    mute_time_intervals: [weekends]
    routes:
    - matchers: ['{service!="shop"}']
      group_wait: 5s
  group_wait: 10s
  group_interval: 2m
receivers:
- name: opsbot
  webhook_configs:
  - url: <secret>
- name: mail
- name: night
templates: []
`

func TestRouting(t *testing.T) {
	routing, err := ParseRouting(asShown)
	require.NoError(t, err)
	require.Equal(t, []string{"opsbot", "mail", "night"}, routing.Receivers)
	root := Route{Receiver: "opsbot", GroupWait: 10 * time.Second, GroupInterval: 2 * time.Minute, RepeatInterval: 4 * time.Hour}
	with := func(edit func(*Route)) Route { r := root; edit(&r); return r }
	for name, tt := range map[string]struct {
		alert map[string]string
		want  []Route
	}{
		"nothing fits":   {map[string]string{"alertname": "X"}, []Route{root}},
		"the watchdog":   {map[string]string{"alertname": "Watchdog"}, []Route{with(func(r *Route) { r.GroupInterval, r.RepeatInterval = time.Minute, time.Minute })}},
		"a child only":   {map[string]string{"severity": "info"}, []Route{with(func(r *Route) { r.Receiver, r.RepeatInterval = "mail", 24*time.Hour })}},
		"it goes on":     {map[string]string{"severity": "info", "alertname": "Watchdog"}, []Route{with(func(r *Route) { r.Receiver, r.RepeatInterval = "mail", 24*time.Hour }), with(func(r *Route) { r.GroupInterval, r.RepeatInterval = time.Minute, time.Minute })}},
		"muted at times": {map[string]string{"team": "web", "severity": "critical", "service": "shop"}, []Route{with(func(r *Route) { r.Receiver, r.IsTimed = "night", true })}},
		"a grandchild":   {map[string]string{"team": "web", "severity": "page"}, []Route{with(func(r *Route) { r.Receiver, r.GroupWait = "night", 5*time.Second })}},
		"half a match":   {map[string]string{"team": "web", "severity": "uncritical"}, []Route{root}},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, tt.want, routing.RoutesOf(tt.alert)) })
	}
}

func TestRoutingThatCannotBeRead(t *testing.T) {
	for name, config := range map[string]string{
		"no YAML":     "{",
		"no route":    "receivers: []",
		"bad matcher": "route: {receiver: x, routes: [{matchers: ['a']}]}",
		"bad regexp":  "route: {receiver: x, match_re: {a: '('}}",
		"bad time":    "route: {receiver: x, group_wait: soon}",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseRouting(config)
			require.Error(t, err)
		})
	}
}
