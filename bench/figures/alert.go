package figures

import (
	"fmt"
	"hash/fnv"
	"regexp"
	"time"
)

// alert is one firing alert. Its name is unique, so that it can be found again in what reaches Slack.
type alert struct {
	name    string
	group   string // alerts of one group are one incident, and one notification of Alertmanager
	started time.Time
}

// alertName finds the names of alerts in the arguments of a Slack call.
func alertName() *regexp.Regexp { return regexp.MustCompile(`Bench[0-9]{5}`) }

// grouping says how the alerts of a load are grouped.
type grouping int

const (
	oneEach grouping = iota // every alert is a group of its own
	oneForAll
)

func newAlerts(n int, g grouping) []alert {
	alerts := make([]alert, n)
	for i := range alerts {
		name := fmt.Sprintf("Bench%05d", i)
		alerts[i] = alert{name: name, group: name, started: time.Now()}
		if g == oneForAll {
			alerts[i].group = "storm"
		}
	}
	return alerts
}

func (a alert) labels() map[string]string {
	return map[string]string{
		"alertname": a.name, "service": "user-service", "namespace": "ecommerce-k8s", "severity": "critical", "group": a.group,
	}
}

func (a alert) annotations() map[string]string {
	return map[string]string{"summary": "user-service answers with errors", "description": "More than 5 % of the requests of the last five minutes failed."}
}

// fingerprint has the form of Alertmanager's; any stable hash will do.
func (a alert) fingerprint() string {
	h := fnv.New64a()
	h.Write([]byte(a.name))
	return fmt.Sprintf("%016x", h.Sum64())
}
