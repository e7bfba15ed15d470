package who

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"opsbot/escalation/incident"
	"opsbot/escalation/webhook"
)

// readAlert reads labels, an alert with labels and annotations, or a webhook, as a delivery that comes at the given time.
func readAlert(file string, in io.Reader, at time.Time) (incident.Notification, error) {
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return incident.Notification{}, err
		}
		defer func() { _ = f.Close() }() // it was only read
		in = f
	}
	data, err := io.ReadAll(in)
	if err != nil {
		return incident.Notification{}, err
	}
	var form map[string]json.RawMessage
	if err := json.Unmarshal(data, &form); err != nil {
		return incident.Notification{}, fmt.Errorf("want a JSON object: %w", err)
	}
	if _, isWebhook := form["alerts"]; isWebhook {
		return webhook.Decode(data, at)
	}
	var one struct {
		Labels      map[string]string `json:"labels"`
		Annotations map[string]string `json:"annotations"`
	}
	target := any(&one.Labels)
	if _, isAlert := form["labels"]; isAlert {
		target = &one
	}
	if err := json.Unmarshal(data, target); err != nil {
		return incident.Notification{}, fmt.Errorf("labels are texts: %w", err)
	}
	return incident.Notification{
		ReceivedAt: at, GroupKey: "who", Labels: map[string]string{"alertname": one.Labels["alertname"]},
		Alerts: []incident.Alert{{
			Fingerprint: "0000000000000000", Firing: true, Labels: one.Labels, Annotations: one.Annotations, StartsAt: at,
		}},
	}, nil
}
