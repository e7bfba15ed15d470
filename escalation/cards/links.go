package cards

import (
	"net/url"

	"opsbot/escalation/incident"
	"opsbot/messages"
)

// urlLimit is what Slack takes as a link (SF-4.51).
const urlLimit = 3000

// linksOf are links to runbook, dashboard, the alert's query and Alertmanager. URLs of alerts are untrusted: only absolute http
// and https URLs become links.
func linksOf(inc incident.Incident, alerts []incident.Alert) messages.Text {
	var links messages.Text
	add := func(address string, link messages.Text) {
		switch {
		case !isWebURL(address):
		case links.IsZero():
			links = link
		default:
			links = messages.New("escalation.links", "some", links, "another", link)
		}
	}
	if len(alerts) > 0 {
		worst := alerts[0]
		runbook, dashboard := worst.Annotations["runbook_url"], worst.Annotations["dashboard_url"]
		add(runbook, messages.New("escalation.link.runbook", "link", messages.Link{URL: runbook, Label: hostOf(runbook)}))
		add(dashboard, messages.New("escalation.link.dashboard", "link", messages.Link{URL: dashboard, Label: hostOf(dashboard)}))
		add(worst.GeneratorURL, messages.New("escalation.link.product", "link", messages.Link{URL: worst.GeneratorURL, Label: "Prometheus"}))
	}
	if isWebURL(inc.ExternalURL) {
		address := inc.ExternalURL + "/#/alerts"
		add(address, messages.New("escalation.link.product", "link", messages.Link{URL: address, Label: "Alertmanager"}))
	}
	return links
}

func isWebURL(s string) bool {
	if s == "" || len(s) > urlLimit {
		return false
	}
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}
