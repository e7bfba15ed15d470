package monitoring

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	httptransport "github.com/go-openapi/runtime/client"
	"github.com/go-openapi/strfmt"
	"github.com/prometheus/alertmanager/api/v2/client"
	"github.com/prometheus/alertmanager/api/v2/client/alertgroup"
	"github.com/prometheus/alertmanager/api/v2/client/general"
	"github.com/prometheus/alertmanager/api/v2/models"
)

// Alertmanager is one Alertmanager behind its API v2.
type Alertmanager struct {
	name string
	api  *client.AlertmanagerAPI
}

// NewAlertmanager takes the base URL, with user and password where it asks for them.
func NewAlertmanager(address string) (*Alertmanager, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("Alertmanager's URL: want http://HOST:PORT") // err would repeat the password
	}
	transport := httptransport.New(u.Host, strings.TrimSuffix(u.Path, "/")+"/api/v2", []string{u.Scheme})
	if password, ok := u.User.Password(); ok {
		transport.DefaultAuthentication = httptransport.BasicAuth(u.User.Username(), password)
	}
	u.User = nil
	return &Alertmanager{name: u.String(), api: client.New(transport, strfmt.Default)}, nil
}

// Name is the URL without any password.
func (a *Alertmanager) Name() string { return a.name }

// Status asks for version, start and configuration.
func (a *Alertmanager) Status(ctx context.Context) (Status, error) {
	answer, err := a.api.General.GetStatus(general.NewGetStatusParamsWithContext(ctx))
	if err != nil {
		return Status{}, fmt.Errorf("status of Alertmanager %s: %w", a.name, err)
	}
	p := answer.Payload
	if p == nil || p.VersionInfo == nil || p.VersionInfo.Version == nil || p.Uptime == nil || p.Config == nil || p.Config.Original == nil {
		return Status{}, fmt.Errorf("status of Alertmanager %s: the answer is not that of an Alertmanager", a.name)
	}
	routing, err := ParseRouting(*p.Config.Original)
	if err != nil {
		return Status{}, fmt.Errorf("configuration of Alertmanager %s: %w", a.name, err)
	}
	return Status{Version: *p.VersionInfo.Version, Started: time.Time(*p.Uptime), Routing: routing}, nil
}

// Groups asks for all alerts that have not ended, by receiver and group. routing is that of its Status.
func (a *Alertmanager) Groups(ctx context.Context, routing Routing) ([]Group, error) {
	answer, err := a.api.Alertgroup.GetAlertGroups(alertgroup.NewGetAlertGroupsParamsWithContext(ctx))
	if err != nil {
		return nil, fmt.Errorf("alerts of Alertmanager %s: %w", a.name, err)
	}
	groups := make([]Group, 0, len(answer.Payload))
	for _, g := range answer.Payload {
		if g == nil || g.Receiver == nil || g.Receiver.Name == nil {
			return nil, fmt.Errorf("alerts of Alertmanager %s: a group without its receiver", a.name)
		}
		groups = append(groups, groupOf(g, routing))
	}
	return groups, nil
}

func groupOf(g *models.AlertGroup, routing Routing) Group {
	group := Group{Receiver: *g.Receiver.Name, Labels: g.Labels}
	for _, raw := range g.Alerts {
		if raw == nil || raw.Fingerprint == nil || raw.StartsAt == nil || raw.Status == nil || raw.Status.State == nil {
			continue
		}
		a := Alert{
			Fingerprint: *raw.Fingerprint, Labels: raw.Labels, Annotations: raw.Annotations, StartsAt: time.Time(*raw.StartsAt).UTC(),
			GeneratorURL: raw.GeneratorURL.String(), IsActive: *raw.Status.State == models.AlertStatusStateActive,
		}
		route := routing.routeTo(group.Receiver, a.Labels)
		group.Wait, group.Interval = route.GroupWait, route.GroupInterval
		if raw.Status.MutedBy == nil && route.IsTimed {
			a.IsActive = false // before 0.28 the API does not tell whether a time interval mutes it
		}
		group.Alerts = append(group.Alerts, a)
	}
	return group
}
