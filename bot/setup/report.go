package setup

import (
	"slices"

	"opsbot/bot"
	"opsbot/messages"
)

// Finding is the result of one check: what was found and, unless OK, what to do about it.
type Finding struct {
	OK   bool
	Text messages.Text
	Next messages.Text
}

// Report is what Check found out. Self and IncidentChannel are empty where a check before them failed.
type Report struct {
	Self            bot.Self
	IncidentChannel string // id
	// Scopes are what the bot token may do; empty where Slack did not say.
	Scopes   []string
	Findings []Finding
}

// OK reports whether opsbot can work.
func (r Report) OK() bool {
	for _, f := range r.Findings {
		if !f.OK {
			return false
		}
	}
	return true
}

func (r *Report) pass(t messages.Text) {
	r.Findings = append(r.Findings, Finding{OK: true, Text: t})
}

func (r *Report) fail(t, next messages.Text) {
	r.Findings = append(r.Findings, Finding{Text: t, Next: next})
}

// MayManageUserGroups reports whether the bot token has the scope for it, as far as Slack says.
func (r Report) MayManageUserGroups() bool {
	return len(r.Scopes) == 0 || slices.Contains(r.Scopes, scopeUserGroups)
}
