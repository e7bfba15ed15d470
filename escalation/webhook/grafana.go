package webhook

import (
	"cmp"
	"encoding/json"
	"maps"
	"time"

	"opsbot/escalation/incident"
)

// dashboardURL is the annotation that links an alert's dashboard.
const dashboardURL = "dashboard_url"

// grafanaLinks are what an alert of Grafana's own alerting has besides.
type grafanaLinks struct {
	DashboardURL string `json:"dashboardURL"`
	PanelURL     string `json:"panelURL"`
}

// decodeGrafana reads an alert of Grafana's own alerting. Its panel is linked as its dashboard where it names none itself.
func decodeGrafana(data []byte, receivedAt time.Time) (incident.Alert, *MalformedError) {
	alert, malformed := decodeAlert(data, receivedAt)
	if malformed != nil {
		return alert, malformed
	}
	alert.Foreign = true
	var links grafanaLinks
	if err := json.Unmarshal(data, &links); err != nil {
		return alert, nil // it does without links
	}
	if link := cmp.Or(links.PanelURL, links.DashboardURL); link != "" && alert.Annotations[dashboardURL] == "" {
		annotations := map[string]string{dashboardURL: cut(link, maxLabelValue)}
		maps.Copy(annotations, alert.Annotations)
		if len(annotations) <= maxLabels {
			alert.Annotations = annotations
		}
	}
	return alert, nil
}
