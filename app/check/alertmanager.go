package check

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"opsbot/app/configured"
	"opsbot/configs"
	"opsbot/messages"
	"opsbot/monitoring"
)

// alertmanager reports whether every Alertmanager answers, knows opsbot, and repeats the dead man's switch often enough.
func (k *checker) alertmanager(ctx context.Context, c configs.Alertmanager) {
	if c.URL.Empty() {
		k.good(messages.New("check.alertmanager_off"))
		return
	}
	for _, address := range configured.AlertmanagerURLs(c) {
		if err := k.oneAlertmanager(ctx, address, c); err != nil {
			k.problem(messages.New("check.alertmanager_unreachable", "cause", err))
		}
	}
}

func (k *checker) oneAlertmanager(ctx context.Context, address string, c configs.Alertmanager) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	a, err := monitoring.NewAlertmanager(address)
	if err != nil {
		return err
	}
	status, err := a.Status(ctx)
	if err != nil {
		return err
	}
	groups, err := a.Groups(ctx, status.Routing)
	if err != nil {
		return err
	}
	receiver, err := regexp.Compile("^(?:" + c.Receiver + ")$")
	if err != nil {
		return err
	}
	if receivers := status.Routing.Receivers; !slices.ContainsFunc(receivers, receiver.MatchString) {
		k.problem(messages.New("check.alertmanager_receiver", "url", a.Name(), "receiver", c.Receiver, "have", strings.Join(receivers, ", ")))
		return nil
	}
	k.good(messages.New("check.alertmanager", "url", a.Name(), "version", status.Version))
	if c.Watchdog.Alert != "" {
		k.watchdog(a.Name(), c, watchdogLabels(groups, c.Watchdog.Alert), status.Routing, receiver)
	}
	return nil
}

// watchdogLabels are those of the alert that Alertmanager holds, nil where it holds none.
func watchdogLabels(groups []monitoring.Group, name string) map[string]string {
	for _, g := range groups {
		for _, a := range g.Alerts {
			if a.Labels["alertname"] == name {
				return a.Labels
			}
		}
	}
	return nil
}

// watchdog reports whether the alert comes to opsbot, and often enough. Alertmanager looks every group_interval whether
// repeat_interval is over, so that a repeat may take both.
func (k *checker) watchdog(url string, c configs.Alertmanager, labels map[string]string, routing monitoring.Routing, receiver *regexp.Regexp) {
	name, silence := c.Watchdog.Alert, c.Watchdog.Silence
	if labels == nil {
		k.good(messages.New("check.watchdog_none", "url", url, "alert", name))
		return
	}
	for _, route := range routing.RoutesOf(labels) {
		if !receiver.MatchString(route.Receiver) {
			continue
		}
		if every := route.GroupInterval + route.RepeatInterval; every < silence {
			k.good(messages.New("check.watchdog", "url", url, "alert", name, "every", every))
		} else {
			k.problem(messages.New("check.watchdog_slow", "url", url, "alert", name, "every", every, "silence", silence))
		}
		return
	}
	k.problem(messages.New("check.watchdog_astray", "url", url, "alert", name, "receiver", c.Receiver))
}
