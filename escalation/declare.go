package escalation

import (
	"fmt"
	"time"
)

// Declare is the delivery that opens an incident at a person's word (/incident open), for Service.Observe. It is a
// group of its own. role may be "": then the rules decide on the title.
func Declare(title string, severity Severity, role Role, actor string, now time.Time) Notification {
	labels := map[string]string{"alertname": title, "severity": severity.String()}
	if role != "" {
		labels["role"] = string(role)
	}
	id := fmt.Sprintf("%016x", uint64(now.UnixNano()))
	return Notification{
		ReceivedAt: now, GroupKey: "declared/" + actor + "/" + id, Labels: map[string]string{"alertname": title},
		Alerts: []Alert{{Fingerprint: id, Firing: true, Manual: true, Labels: labels, StartsAt: now}},
	}
}
