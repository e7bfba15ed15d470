package escalation_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/messages"
)

func printer(t testing.TB, locale string) *messages.Printer {
	t.Helper()
	c, err := messages.Load()
	require.NoError(t, err)
	return c.Printer(locale, messages.Markdown())
}

// words is everything that a card says.
func words(p *messages.Printer, c messages.Card) string {
	var b strings.Builder
	say := func(texts ...messages.Text) {
		for _, text := range texts {
			fmt.Fprintln(&b, p.Text(text))
		}
	}
	say(c.Title, c.Notification)
	for _, f := range c.Facts {
		say(f.Label, f.Value)
	}
	for _, s := range c.Sections {
		if s.Text != nil {
			say(*s.Text)
		}
		say(s.List...)
		for _, a := range s.Actions {
			say(a.Label)
		}
	}
	for _, a := range c.Actions {
		say(a.Label)
		for _, o := range a.Options {
			say(o.Label)
		}
	}
	say(c.Footer...)
	return b.String()
}

func names(actions []messages.Action) []string {
	var list []string
	for _, a := range actions {
		list = append(list, a.Name)
	}
	return list
}
