package messages_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/messages"
)

func TestHTMLIsHarmless(t *testing.T) {
	catalogue, err := messages.Load()
	require.NoError(t, err)
	p := catalogue.Printer("en", messages.HTML())
	evil := `<img src=x onerror="alert(1)">`
	for name, text := range map[string]messages.Text{
		"literal": messages.Literal(evil),
		"string":  {ID: "escalation.entry.note", Args: map[string]messages.Value{"user": {Kind: messages.KindUser, S: evil}, "note": {Kind: messages.KindString, S: evil}}},
		"code":    {ID: "card.code", Args: map[string]messages.Value{"text": {Kind: messages.KindCode, S: evil}}},
		"link":    {ID: "escalation.link.product", Args: map[string]messages.Value{"link": {Kind: messages.KindLink, S: evil, URL: "https://wiki.example.com/?a=\"><script>"}}},
		"time":    {ID: "escalation.time", Args: map[string]messages.Value{"at": {Kind: messages.KindTime, S: evil}}},
		"unknown": {ID: evil},
	} {
		got := p.Text(text)
		require.NotContains(t, got, "<img", name)
		require.NotContains(t, got, "<script", name)
	}
	require.Equal(t, "run", p.Text(linkTo("javascript:alert(1)")), "no link but to a web page")
	require.Equal(t, `<a href="https://wiki.example.com/a?b&amp;c" rel="noreferrer">run</a>`, p.Text(linkTo("https://wiki.example.com/a?b&c")))
}

func linkTo(url string) messages.Text {
	return messages.Text{ID: "escalation.link.product", Args: map[string]messages.Value{"link": {Kind: messages.KindLink, S: "run", URL: url}}}
}
