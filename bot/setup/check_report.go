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

// CheckReport is what Check found out. Self and IncidentChannel are set as far as Slack could be asked.
type CheckReport struct {
	Self            bot.Self
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

// MayKeepUserGroups reports whether the bot token has the scope for it, as far as Slack says.
func (r CheckReport) MayKeepUserGroups() bool {
	return len(r.Scopes) == 0 || slices.Contains(r.Scopes, scopeUserGroups)
}
