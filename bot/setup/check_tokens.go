package setup

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/slack-go/slack"

	"opsbot/bot"
	"opsbot/messages"
)

func (r *Report) checkBotToken(ctx context.Context, client *slack.Client, token string) (granted []string, err error) {
	if !strings.HasPrefix(token, "xoxb-") {
		r.fail(messages.New("bot.check_bot_token_form"), messages.New("bot.check_bot_token_next"))
		return nil, nil
	}
	who, err := client.AuthTestContext(ctx)
	if code, refused := bot.Refusal(err); refused {
		r.fail(messages.New("bot.check_bot_token_bad", "code", code), messages.New("bot.check_bot_token_next"))
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("call auth.test: %w", err)
	}
	r.Self = bot.Self{UserID: who.UserID, BotID: who.BotID, TeamID: who.TeamID, EnterpriseID: who.EnterpriseID}
	r.pass(messages.New("bot.check_bot_token", "team", who.Team, "name", who.User))
	return scopeList(who.Header), nil
}

// checkAppToken asks for the URL of a socket but does not open it.
func (r *Report) checkAppToken(ctx context.Context, client *slack.Client, token string) error {
	if !strings.HasPrefix(token, "xapp-") {
		r.fail(messages.New("bot.check_app_token_form"), messages.New("bot.check_app_token_next"))
		return nil
	}
	_, _, err := client.StartSocketModeContext(ctx)
	if code, refused := bot.Refusal(err); refused {
		r.fail(messages.New("bot.check_app_token_bad", "code", code), messages.New("bot.check_app_token_next"))
		return nil
	}
	if err != nil {
		return fmt.Errorf("call apps.connections.open: %w", err)
	}
	r.pass(messages.New("bot.check_app_token"))
	return nil
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

func (r *Report) checkScopes(granted []string) {
	if len(granted) == 0 {
		return // Slack did not say; a missing scope will be named when it is needed
	}
	if missing := missingScopes(granted); len(missing) > 0 {
		r.fail(messages.New("bot.check_scopes_missing", "scopes", messages.Code(strings.Join(missing, ", "))), messages.New("bot.check_scopes_next"))
		return
	}
	r.pass(messages.New("bot.check_scopes"))
}
