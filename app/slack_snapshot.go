package app

import (
	"context"

	"go.uber.org/zap"

	"opsbot/app/configured"
	"opsbot/bot"
	"opsbot/escalation/oncall"
)

// slackSnapshot is what opsbot has to know of Slack in order to start, as it was when Slack last answered.
type slackSnapshot struct {
	Self bot.Self `json:"self"`
	// Name is the incident channel as it is configured, Channel its id.
	Name    string `json:"name"`
	Channel string `json:"channel"`
	// UpdatesName and Updates are the same of the channel for stakeholders, empty where there is none.
	UpdatesName string `json:"updates_name,omitempty"`
	Updates     string `json:"updates,omitempty"`
	// AuditName and Audit are the same of the channel for audit checkpoints.
	AuditName string `json:"audit_name,omitempty"`
	Audit     string `json:"audit,omitempty"`
	// Contacts are those of the contact table, by id, with their Slack users.
	Contacts map[string]snapshotContact `json:"contacts"`
}

type snapshotContact struct {
	Slack  string `json:"slack"`
	Locale string `json:"locale"`
}

const snapshotName = "slack"

// saveSnapshot keeps what is known for a start during which Slack cannot be asked. Not to be able to is no reason not to start.
func (a *App) saveSnapshot(ctx context.Context) {
	note := slackSnapshot{
		Self: a.self, Name: a.config.Slack.IncidentChannel, Channel: a.channel,
		UpdatesName: a.config.Incident.UpdatesChannel, Updates: a.updates, AuditName: a.config.Audit.Channel, Audit: a.auditChannel,
		Contacts: map[string]snapshotContact{},
	}
	for _, c := range a.roster.Table.All() {
		note.Contacts[c.ID] = snapshotContact{Slack: c.Slack, Locale: c.Locale}
	}
	if err := a.store.Note(ctx, snapshotName, note); err != nil {
		a.log.Warn("what is known of Slack was not kept", zap.Error(err))
	}
}

// loadSnapshot is what was kept, if it is about the channel that is configured.
func (a *App) loadSnapshot(ctx context.Context) (note slackSnapshot, ok bool) {
	ok, err := a.store.Noted(ctx, snapshotName, &note)
	if err != nil {
		a.log.Warn("what is known of Slack cannot be read", zap.Error(err))
	}
	return note, ok && note.Name == a.config.Slack.IncidentChannel
}

func (a *App) useSnapshot(ctx context.Context, note slackSnapshot) error {
	a.setIdentity(note.Self, note.Channel)
	if note.UpdatesName == a.config.Incident.UpdatesChannel {
		a.updates = note.Updates
	}
	if note.AuditName == a.config.Audit.Channel {
		a.auditChannel = note.Audit
	}
	return a.useContacts(ctx, note.fill(configured.Contacts(a.config)))
}

// fill completes contacts with what Slack said of them; who is new in the table has no Slack user until the next start.
func (n slackSnapshot) fill(contacts []oncall.Contact) []oncall.Contact {
	for i, c := range contacts {
		known := n.Contacts[c.ID]
		if c.Slack == "" {
			contacts[i].Slack = known.Slack
		}
		if c.Locale == "" {
			contacts[i].Locale = known.Locale
		}
	}
	return contacts
}
