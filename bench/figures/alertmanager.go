package figures

import (
	"context"
	"errors"
	"fmt"

	"opsbot/internal/lab"
	"opsbot/slacksim"
)

// alertmanagerFile has Alertmanager post to Slack itself. It waits for nothing that it need not wait for; the text
// names every alert, as opsbot does.
const alertmanagerFile = `route:
  receiver: slack
  group_by: [group]
  group_wait: 0s
  group_interval: 2s
  repeat_interval: 1h
receivers:
  - name: slack
    slack_configs:
      - api_url: %q
        channel: %q
        username: ""
        text: '{{ .CommonAnnotations.summary }}{{ range .Alerts }} {{ .Labels.alertname }}{{ end }}'
        http_config:
          authorization: {credentials: %q}
`

// startAlertmanager starts an Alertmanager with a Slack receiver and waits until it is ready.
func startAlertmanager(ctx context.Context, s *Suite, p peer, limit slacksim.RateLimit) (_ *contender, err error) {
	c := &contender{path: "/api/v2/alerts", encode: postableAlerts, client: newClient()}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.Close())
		}
	}()
	dir, err := s.newDir("alertmanager")
	if err != nil {
		return nil, err
	}
	if c.slack, err = startSlack(s, limit); err != nil {
		return nil, err
	}
	c.Add("Slack workspace", c.slack.Close)
	config := fmt.Sprintf(alertmanagerFile, c.slack.APIURL()+"chat.postMessage", c.slack.ChannelID("#incidents"), c.slack.BotToken())
	manager, err := lab.StartAlertmanager(ctx, p.program, dir, config)
	if err != nil {
		return nil, err
	}
	c.Add("Alertmanager", manager.Stop)
	c.process, c.url = manager.Process, manager.URL
	return c, nil
}

// postableAlerts is what Prometheus posts to Alertmanager's API v2 for one alert.
func postableAlerts(a alert) any {
	return []any{map[string]any{
		"labels": a.labels(), "annotations": a.annotations(), "startsAt": a.started, "generatorURL": "http://127.0.0.1:9090/graph",
	}}
}
