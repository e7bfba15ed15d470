package escalation_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/escalation/cards"
	"opsbot/escalation/incident"
	"opsbot/escalation/internal/fixture"
	"opsbot/messages"
)

// runs are the command lines of the suggested operations.
func runs(c messages.Card) []string {
	var list []string
	for _, section := range c.Sections {
		for _, a := range section.Actions {
			if a.Name == cards.ActionRun {
				list = append(list, a.Value)
			}
		}
	}
	return list
}

func TestHeaderButtonsFollowTheStatus(t *testing.T) {
	s := fixture.NewStory(t)
	s.Observe(fixture.Alert(1))
	require.Equal(t, []string{"ack", "escalate", "resolve", "assign", "timeline"}, fixture.ActionNames(fixture.Header(s).Actions))
	require.Equal(t, "12", fixture.Header(s).Actions[0].Value)
	require.Equal(t, "12:"+fixture.Zhangsan, fixture.Header(s).Actions[3].Options[0].Value)
	s.Must(escalation.Action{Kind: escalation.Ack, Actor: fixture.Lisi})
	require.Equal(t, []string{"diagnosed", "escalate", "resolve", "assign", "timeline"}, fixture.ActionNames(fixture.Header(s).Actions))
	s.Must(escalation.Action{Kind: escalation.Diagnosed, Actor: fixture.Lisi})
	require.Equal(t, []string{"resolve", "escalate", "assign", "timeline"}, fixture.ActionNames(fixture.Header(s).Actions))
	s.Observe(fixture.Resolved(fixture.Alert(1), s.Now))
	require.Equal(t, []string{"resolve", "reopen", "assign", "timeline"}, fixture.ActionNames(fixture.Header(s).Actions))
	s.Must(escalation.Action{Kind: escalation.MarkResolved, Actor: fixture.Lisi})
	require.Equal(t, []string{"postmortem", "draft", "timeline", "reopen"}, fixture.ActionNames(fixture.Header(s).Actions))
	require.Empty(t, runs(fixture.Header(s)))
	s.Must(escalation.Action{Kind: escalation.ClosePostmortem, Actor: fixture.Lisi})
	require.Equal(t, []string{"timeline"}, fixture.ActionNames(fixture.Header(s).Actions))
}

func TestSuggestedOperations(t *testing.T) {
	for name, tt := range map[string]struct {
		labels     []string
		annotation string
		want       []string
	}{
		"database":            {nil, "", []string{"health", "status postgres", "events postgres"}},
		"application":         {[]string{"service", "user-service", "alertname", "Slow"}, "", []string{"health user-service", "status user-service", "logs user-service --errors", "rollback user-service"}},
		"no service":          {[]string{"service", "", "alertname", "NodeDown"}, "", []string{"health", "events"}},
		"hostile name":        {[]string{"service", "x; rollback all", "alertname", "Slow"}, "", []string{"health", "events"}},
		"annotation":          {nil, "/backup db; health ;;health", []string{"backup db", "health"}},
		"as long as a label":  {nil, strings.Repeat("x", 74) + ";" + strings.Repeat("日", 74), []string{strings.Repeat("x", 74), strings.Repeat("日", 74)}},
		"longer than a label": {nil, "health;rollback " + strings.Repeat("x", 66), []string{"health"}},
		"what does not show":  {nil, "health\u202e;status\tuser;events", []string{"events"}},
		"a long service":      {[]string{"service", strings.Repeat("s", 63), "alertname", "Slow"}, "", []string{"health " + strings.Repeat("s", 63), "status " + strings.Repeat("s", 63), "rollback " + strings.Repeat("s", 63)}},
		"too many":            {nil, "a;b;c;d;e;f", []string{"a", "b", "c", "d", "e"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := fixture.NewStory(t)
			a := fixture.Alert(1, tt.labels...)
			a.Annotations[incident.CommandsAnnotation] = tt.annotation
			s.Observe(a)
			require.Equal(t, tt.want, runs(fixture.Header(s)))
			for _, section := range fixture.Header(s).Sections {
				for _, button := range section.Actions {
					require.Equal(t, "/"+button.Value, button.Label.Literal, "the button shows all that it runs")
				}
			}
		})
	}
}

// With several clusters a suggestion is for the alert's, if that is one of them.
func TestSuggestedOperationsAreOnTheCluster(t *testing.T) {
	for label, want := range map[string][]string{
		"prod": {"health --cluster prod", "status postgres --cluster prod", "events postgres --cluster prod"},
		"mars": {"health", "status postgres", "events postgres"},
		"":     {"health", "status postgres", "events postgres"},
	} {
		s := fixture.NewStory(t)
		s.Policy.Clusters = []string{"staging", "prod"}
		s.Observe(fixture.Alert(1, "cluster", label))
		require.Equal(t, want, runs(fixture.Header(s)))
	}
}

func TestEveryAlertIsNamed(t *testing.T) {
	s := fixture.NewStory(t)
	for n := range 200 {
		s.Now = s.Now.Add(200 * time.Millisecond)
		s.Observe(fixture.Alert(n, "instance", fmt.Sprintf("db-%03d", n)))
	}
	p := fixture.Printer(t, "en")
	var said strings.Builder
	for _, m := range s.Sent {
		said.WriteString(fixture.Words(p, m.Card))
	}
	for n := range 200 {
		require.Contains(t, said.String(), fmt.Sprintf("db-%03d", n))
	}
	require.Contains(t, fixture.Words(p, fixture.Header(s)), "200 firing of 200")
	require.Less(t, len(s.Sent), 20, "in a few messages that grow")
	for _, m := range s.Sent {
		for _, section := range m.Card.Sections {
			require.LessOrEqual(t, len(section.List), 40, "but not without end")
		}
	}
}

func TestUntrustedTextStaysText(t *testing.T) {
	s := fixture.NewStory(t)
	a := fixture.Alert(1, "service", "<!channel>", "instance", "*bold* <@U1>")
	a.Annotations = map[string]string{"summary": "<!here> `x` [a](http://evil)\n# title", "runbook_url": "javascript:alert(1)"}
	s.Observe(a)
	p := fixture.Printer(t, "en")
	for _, m := range s.Sent {
		said := fixture.Words(p, m.Card)
		require.NotContains(t, said, "<!")
		require.NotContains(t, said, "<@")
		require.NotContains(t, said, "javascript")
		require.NotContains(t, said, "[a](http://evil)")
	}
}

func TestEveryTextIsInEveryLanguage(t *testing.T) {
	s := fixture.NewStory(t)
	s.Observe(fixture.Alert(1))
	s.Pass(5 * time.Minute)
	s.Must(escalation.Action{Kind: escalation.Ack, Actor: fixture.Lisi})
	s.Pass(20 * time.Minute)
	s.Must(escalation.Action{Kind: escalation.Assign, Actor: fixture.Lisi, Assignee: fixture.Zhaoliu})
	s.Must(escalation.Action{Kind: escalation.MarkResolved, Actor: fixture.Lisi})
	s.Pass(time.Hour)
	s.Observe(fixture.Resolved(fixture.Alert(1), s.Now))
	s.Pass(time.Hour)
	for _, locale := range messages.Locales() {
		p := fixture.Printer(t, locale)
		for key, m := range s.Sent {
			said := fixture.Words(p, m.Card)
			require.NotContains(t, said, "[escalation", key)
			require.NotContains(t, said, "<no value>", key)
		}
	}
}

func TestValues(t *testing.T) {
	for _, text := range []string{"12", " INC-12 ", "inc-12"} {
		n, err := incident.ParseNumber(text)
		require.NoError(t, err)
		require.EqualValues(t, 12, n)
	}
	for _, text := range []string{"", "0", "-1", "INC-", "12x", "99999999999999999999"} {
		_, err := incident.ParseNumber(text)
		require.Error(t, err, text)
	}
	n, user, err := cards.ParseAssignValue(cards.AssignValue(12, fixture.Lisi))
	require.NoError(t, err)
	require.EqualValues(t, 12, n)
	require.Equal(t, fixture.Lisi, user)
	_, _, err = cards.ParseAssignValue("12")
	require.Error(t, err)
}
