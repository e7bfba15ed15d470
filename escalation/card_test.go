package escalation_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/messages"
)

// runs are the command lines of the suggested operations.
func runs(c messages.Card) []string {
	var list []string
	for _, section := range c.Sections {
		for _, a := range section.Actions {
			if a.Name == escalation.ActionRun {
				list = append(list, a.Value)
			}
		}
	}
	return list
}

func TestHeaderButtonsFollowTheStatus(t *testing.T) {
	s := newStory(t)
	s.observe(alert(1))
	require.Equal(t, []string{"ack", "escalate", "resolve", "assign", "timeline"}, names(header(s).Actions))
	require.Equal(t, "12", header(s).Actions[0].Value)
	require.Equal(t, "12:"+zhangsan, header(s).Actions[3].Options[0].Value)
	s.must(escalation.Action{Kind: escalation.Ack, Actor: lisi})
	require.Equal(t, []string{"diagnosed", "escalate", "resolve", "assign", "timeline"}, names(header(s).Actions))
	s.must(escalation.Action{Kind: escalation.Diagnosed, Actor: lisi})
	require.Equal(t, []string{"resolve", "escalate", "assign", "timeline"}, names(header(s).Actions))
	s.observe(resolved(alert(1), s.now))
	require.Equal(t, []string{"resolve", "reopen", "assign", "timeline"}, names(header(s).Actions))
	s.must(escalation.Action{Kind: escalation.MarkResolved, Actor: lisi})
	require.Equal(t, []string{"postmortem", "draft", "timeline", "reopen"}, names(header(s).Actions))
	require.Empty(t, runs(header(s)))
	s.must(escalation.Action{Kind: escalation.ClosePostmortem, Actor: lisi})
	require.Equal(t, []string{"timeline"}, names(header(s).Actions))
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
			s := newStory(t)
			a := alert(1, tt.labels...)
			a.Annotations[escalation.CommandsAnnotation] = tt.annotation
			s.observe(a)
			require.Equal(t, tt.want, runs(header(s)))
			for _, section := range header(s).Sections {
				for _, button := range section.Actions {
					require.Equal(t, "/"+button.Value, button.Label.Literal, "the button shows all that it runs")
				}
			}
		})
	}
}

func TestEveryAlertIsNamed(t *testing.T) {
	s := newStory(t)
	for n := range 200 {
		s.now = s.now.Add(200 * time.Millisecond)
		s.observe(alert(n, "instance", fmt.Sprintf("db-%03d", n)))
	}
	p := printer(t, "en")
	var said strings.Builder
	for _, m := range s.sent {
		said.WriteString(words(p, m.Card))
	}
	for n := range 200 {
		require.Contains(t, said.String(), fmt.Sprintf("db-%03d", n))
	}
	require.Contains(t, words(p, header(s)), "200 firing of 200")
	require.Less(t, len(s.sent), 20, "in a few messages that grow")
	for _, m := range s.sent {
		for _, section := range m.Card.Sections {
			require.LessOrEqual(t, len(section.List), 40, "but not without end")
		}
	}
}

func TestUntrustedTextStaysText(t *testing.T) {
	s := newStory(t)
	a := alert(1, "service", "<!channel>", "instance", "*bold* <@U1>")
	a.Annotations = map[string]string{"summary": "<!here> `x` [a](http://evil)\n# title", "runbook_url": "javascript:alert(1)"}
	s.observe(a)
	p := printer(t, "en")
	for _, m := range s.sent {
		said := words(p, m.Card)
		require.NotContains(t, said, "<!")
		require.NotContains(t, said, "<@")
		require.NotContains(t, said, "javascript")
		require.NotContains(t, said, "[a](http://evil)")
	}
}

func TestEveryTextIsInEveryLanguage(t *testing.T) {
	s := newStory(t)
	s.observe(alert(1))
	s.pass(5 * time.Minute)
	s.must(escalation.Action{Kind: escalation.Ack, Actor: lisi})
	s.pass(20 * time.Minute)
	s.must(escalation.Action{Kind: escalation.Assign, Actor: lisi, Assignee: zhaoliu})
	s.must(escalation.Action{Kind: escalation.MarkResolved, Actor: lisi})
	s.pass(time.Hour)
	s.observe(resolved(alert(1), s.now))
	s.pass(time.Hour)
	for _, locale := range messages.Locales() {
		p := printer(t, locale)
		for key, m := range s.sent {
			said := words(p, m.Card)
			require.NotContains(t, said, "[escalation", key)
			require.NotContains(t, said, "<no value>", key)
		}
	}
}

func TestValues(t *testing.T) {
	for _, text := range []string{"12", " INC-12 ", "inc-12"} {
		n, err := escalation.ParseValue(text)
		require.NoError(t, err)
		require.EqualValues(t, 12, n)
	}
	for _, text := range []string{"", "0", "-1", "INC-", "12x", "99999999999999999999"} {
		_, err := escalation.ParseValue(text)
		require.Error(t, err, text)
	}
	n, user, err := escalation.ParseAssignValue(escalation.AssignValue(12, lisi))
	require.NoError(t, err)
	require.EqualValues(t, 12, n)
	require.Equal(t, lisi, user)
	_, _, err = escalation.ParseAssignValue("12")
	require.Error(t, err)
}
