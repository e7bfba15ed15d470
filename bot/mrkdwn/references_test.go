package mrkdwn

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReferencesInWords(t *testing.T) {
	name := func(id string) string { return map[string]string{"U1": "Dana"}[id] }
	for in, want := range map[string]string{
		"<@U1> <@U1|d>":                       "@Dana @Dana",
		"<#C1|ops> <#C1>":                     "#ops #C1",
		"<!here> <!subteam^S1|@dba> <!here|>": "@here @dba @here",
		"<https://a.example/?x&amp;y|a>":      "a",
		"&lt;b&gt; <":                         "<b> <",
		"<>":                                  "<>",
	} {
		require.Equal(t, want, WithNames(in, name), in)
	}
}
