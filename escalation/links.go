package escalation

import (
	"net/url"

	"opsbot/messages"
)

// urlLimit is what Slack takes as a link (SF-4.51).
const urlLimit = 3000

// linksOf are the places to look at next: runbook, dashboard, the alert's query, Alertmanager. URLs of alerts are
// untrusted: only absolute http and https ones become links.
func linksOf(inc Incident, alerts []Alert) messages.Text {
	var links messages.Text
	add := func(id, address, label string) {
		if !isWebURL(address) {
			return
		}
		link := messages.New(id, "link", messages.Link{URL: address, Label: label})
		if links.IsZero() {
			links = link
			return
		}
		links = messages.New("escalation.links", "some", links, "another", link)
	}
	if len(alerts) > 0 {
		worst := alerts[0]
		add("escalation.link.runbook", worst.Annotations["runbook_url"], hostOf(worst.Annotations["runbook_url"]))
		add("escalation.link.dashboard", worst.Annotations["dashboard_url"], hostOf(worst.Annotations["dashboard_url"]))
		add("escalation.link.product", worst.GeneratorURL, "Prometheus")
	}
	if isWebURL(inc.ExternalURL) {
		add("escalation.link.product", inc.ExternalURL+"/#/alerts", "Alertmanager")
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
