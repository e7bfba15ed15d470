package mrkdwn

import (
	"testing"
)

func TestTypedText(t *testing.T) {
	cases := []struct{ in, want string }{
		{"deploy user <http://registry.example.com/app:2|registry.example.com/app:2>", "deploy user registry.example.com/app:2"},
		{"<https://a.example/x?a=1&amp;b=2>", "https://a.example/x?a=1&b=2"},
		{"<mailto:dba@company.com|dba@company.com>", "dba@company.com"},
		{"<@U1> <@U1|dana> <#C1> <#C1|> <#C1|ops> <!subteam^S1|@dba>", "<@U1> <@U1|dana> <#C1> <#C1|> <#C1|ops> <!subteam^S1|@dba>"},
		{"--grep &lt;nil&gt; &amp;amp;", "--grep <nil> &amp;"},
		{"a < b", "a < b"},
		{"<>", "<>"},
	}
	for _, c := range cases {
		if got := TypedText(c.in); got != c.want {
			t.Errorf("%q: got %q, want %q", c.in, got, c.want)
		}
	}
}

func TestWithoutMention(t *testing.T) {
	cases := []struct{ in, want string }{
		{"<@UBOT> scale user 5", "scale user 5"},
		{"hey <@UBOT|opsbot>, scale", "hey , scale"},
		{"<@UBOT2> scale", "<@UBOT2> scale"},
		{"<@UBOT", "<@UBOT"},
		{"<@UBOT><@UBOT>", ""},
	}
	for _, c := range cases {
		if got := WithoutMention(c.in, "UBOT"); got != c.want {
			t.Errorf("%q: got %q, want %q", c.in, got, c.want)
		}
	}
}
