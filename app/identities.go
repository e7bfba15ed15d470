package app

import (
	"context"
	"time"

	"go.uber.org/zap"

	"opsbot/app/configured"
	"opsbot/escalation/engine"
	"opsbot/escalation/incident"
	"opsbot/handlers/identity"
	"opsbot/internal/teardown"
	"opsbot/messages"
)

// identityTopic is the incident of Slack users who have the e-mail address of somebody else.
const identityTopic = "opsbot/identity"

func (a *App) identities() *identity.Identities {
	return &identity.Identities{Mappings: configured.Identities(a.config), People: slackPeople{a.people}, Pins: a.store, Moved: a.tellMove}
}

// tellMove tells the system administrator that somebody was refused who has the e-mail address of somebody else.
func (a *App) tellMove(ctx context.Context, m identity.Move) {
	a.log.Warn("an e-mail address has another Slack user than before", zap.String("email", m.Email), zap.String("owner", m.Owner), zap.String("claimant", m.Claimant))
	title := a.texts.Printer(a.config.Locale, messages.Plain()).Text(messages.New("identity.move_alert", "email", m.Email, "owner", m.Owner, "claimant", m.Claimant))
	err := a.service.Raise(ctx, identityTopic, engine.SelfAlert{
		Name: "SlackIdentityMoved", Severity: incident.Warning, Since: time.Now(), Title: title, Labels: map[string]string{"email": m.Email},
	})
	if err != nil {
		a.log.Error("the system administrator was not told", zap.Error(err))
	}
}

// clearMoves ends what an earlier run has told: the configuration may say now whose address it is. Who is still refused raises it again.
func (a *App) clearMoves(loops *teardown.Stack, failed chan<- error) {
	loops.Spawn(failed, "identity alerts", func(ctx context.Context) error {
		active, err := a.service.Active(ctx, identityTopic)
		if err == nil {
			var over []incident.Alert
			for _, alert := range active {
				over = append(over, alert)
			}
			err = a.service.Clear(ctx, identityTopic, over...)
		}
		if err != nil && ctx.Err() == nil {
			a.log.Error("identity alerts not cleared", zap.Error(err))
		}
		<-ctx.Done()
		return nil
	})
}
