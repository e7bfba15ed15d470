package bot

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"opsbot/messages"
)

// Finding is the result of one check: what was found and, unless OK, what to do about it.
type Finding struct {
	OK   bool
	Text messages.Text
	Next messages.Text
}

// CheckReport is what Check found out. Self and IncidentChannel are set as far as Slack could be asked.
type CheckReport struct {
	Self            Self
	IncidentChannel string // id
	// Scopes are what the bot token may do; empty where Slack did not say.
	Scopes   []string
	Findings []Finding
}

// OK reports whether opsbot can work.
func (r CheckReport) OK() bool {
	for _, f := range r.Findings {
		if !f.OK {
			return false
		}
	}
	return true
}

func (r *CheckReport) good(t messages.Text) {
	r.Findings = append(r.Findings, Finding{OK: true, Text: t})
}
func (r *CheckReport) bad(t, next messages.Text) {
	r.Findings = append(r.Findings, Finding{Text: t, Next: next})
}

// Check tries everything that opsbot needs of Slack: both tokens, the scopes, the incident channel (name or id). All
// problems are reported, each with its remedy. The error tells that Slack could not be reached at all.
func Check(ctx context.Context, c Connection, channel string) (CheckReport, error) {
	var r CheckReport
	client := c.Client()
	granted, err := r.checkBotToken(ctx, client, c.BotToken)
	if err != nil {
		return r, err
	}
	if err := r.checkAppToken(ctx, client, c.AppToken); err != nil {
		return r, err
	}
	if r.Self.UserID == "" {
		return r, nil
	}
	r.Scopes = granted
	r.checkScopes(granted)
	return r, r.checkChannel(ctx, client, strings.TrimPrefix(channel, "#"))
}

func (r *CheckReport) checkBotToken(ctx context.Context, client *slack.Client, token string) (granted []string, err error) {
	if !strings.HasPrefix(token, "xoxb-") {
		r.bad(messages.New("bot.check_bot_token_form"), messages.New("bot.check_bot_token_next"))
		return nil, nil
	}
	who, err := client.AuthTestContext(ctx)
	if code, refused := refusal(err); refused {
		r.bad(messages.New("bot.check_bot_token_bad", "code", code), messages.New("bot.check_bot_token_next"))
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("call auth.test: %w", err)
	}
	r.Self = Self{UserID: who.UserID, BotID: who.BotID, TeamID: who.TeamID, EnterpriseID: who.EnterpriseID}
	r.good(messages.New("bot.check_bot_token", "team", who.Team, "name", who.User))
	return scopeList(who.Header), nil
}

// scopeList reads X-OAuth-Scopes (SF-6.3).
func scopeList(h http.Header) []string {
	var scopes []string
	for s := range strings.SplitSeq(h.Get("X-OAuth-Scopes"), ",") {
		if s = strings.TrimSpace(s); s != "" {
			scopes = append(scopes, s)
		}
	}
	return scopes
}

func (r *CheckReport) checkScopes(granted []string) {
	if len(granted) == 0 {
		return // Slack did not say; a missing scope will be named when it is needed
	}
	if missing := missingScopes(granted); len(missing) > 0 {
		r.bad(messages.New("bot.check_scopes_missing", "scopes", messages.Code(strings.Join(missing, ", "))), messages.New("bot.check_scopes_next"))
		return
	}
	r.good(messages.New("bot.check_scopes"))
}

// MayKeepUserGroups reports whether the bot token has the scope for it, as far as Slack says.
func (r CheckReport) MayKeepUserGroups() bool {
	return len(r.Scopes) == 0 || slices.Contains(r.Scopes, scopeUserGroups)
}

// checkAppToken opens no socket: the URL it gets is simply not used.
func (r *CheckReport) checkAppToken(ctx context.Context, client *slack.Client, token string) error {
	if !strings.HasPrefix(token, "xapp-") {
		r.bad(messages.New("bot.check_app_token_form"), messages.New("bot.check_app_token_next"))
		return nil
	}
	_, _, err := client.StartSocketModeContext(ctx)
	if code, refused := refusal(err); refused {
		r.bad(messages.New("bot.check_app_token_bad", "code", code), messages.New("bot.check_app_token_next"))
		return nil
	}
	if err != nil {
		return fmt.Errorf("call apps.connections.open: %w", err)
	}
	r.good(messages.New("bot.check_app_token"))
	return nil
}

func (r *CheckReport) checkChannel(ctx context.Context, client *slack.Client, name string) error {
	found, err := findChannel(ctx, client, name)
	if code, refused := refusal(err); refused {
		r.bad(messages.New("bot.check_channel_unreadable", "channel", name, "code", code), messages.New("bot.check_scopes_next"))
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for channel %s: %w", name, err)
	}
	switch {
	case found == nil:
		r.bad(messages.New("bot.check_channel_missing", "channel", name), messages.New("bot.check_channel_next"))
	case found.IsArchived:
		r.bad(messages.New("bot.check_channel_archived", "channel", name), messages.New("bot.check_channel_next"))
	default:
		r.IncidentChannel = found.ID
		r.checkMembership(ctx, client, *found)
	}
	return nil
}

// checkMembership joins where the bot may: posting would do without, editing and history do not (SF-6.8).
func (r *CheckReport) checkMembership(ctx context.Context, client *slack.Client, c slack.Channel) {
	if !c.IsMember {
		if _, _, _, err := client.JoinConversationContext(ctx, c.ID); err != nil {
			r.bad(messages.New("bot.check_channel_outside", "channel", c.Name, "code", classify(err).code), messages.New("bot.check_channel_invite"))
			return
		}
	}
	r.good(messages.New("bot.check_channel", "channel", c.Name))
}

// findChannel looks a channel up by name or id among public channels and the private ones that the bot is in.
func findChannel(ctx context.Context, client *slack.Client, name string) (*slack.Channel, error) {
	params := &slack.GetConversationsParameters{Limit: 999, Types: []string{"public_channel", "private_channel"}}
	for {
		page, next, err := client.GetConversationsContext(ctx, params)
		if err != nil {
			return nil, err
		}
		for i := range page {
			if page[i].Name == name || page[i].ID == name {
				return &page[i], nil
			}
		}
		if params.Cursor = next; next == "" {
			return nil, nil
		}
	}
}

// refusal returns Slack's error code where Slack answered; false for success and for a Slack that cannot be reached.
func refusal(err error) (code string, refused bool) {
	e, ok := errors.AsType[slack.SlackErrorResponse](err)
	return e.Err, ok
}
