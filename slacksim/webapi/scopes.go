package webapi

import "opsbot/slacksim/workspace"

// convScopes are scopes that depend on the type of conversation, with any
// alternatives that the method accepts as well.
type convScopes struct {
	public, private, im, mpim []string
}

func manageScopes() *convScopes {
	return &convScopes{
		public: []string{"channels:manage"}, private: []string{"groups:write"},
		im: []string{"im:write"}, mpim: []string{"mpim:write"},
	}
}

func readScopes() *convScopes    { return perType("read") }
func historyScopes() *convScopes { return perType("history") }

func perType(right string) *convScopes {
	return &convScopes{
		public: []string{"channels:" + right}, private: []string{"groups:" + right},
		im: []string{"im:" + right}, mpim: []string{"mpim:" + right},
	}
}

// plus returns the scopes with finer-grained alternatives for channels, such
// as channels:write.topic beside channels:manage.
func (s *convScopes) plus(suffix string) *convScopes {
	c := *s
	c.public = append([]string{"channels:write." + suffix}, s.public...)
	c.private = append([]string{"groups:write." + suffix}, s.private...)
	return &c
}

func (s *convScopes) all() []string {
	var out []string
	for _, list := range [][]string{s.public, s.private, s.im, s.mpim} {
		out = append(out, list...)
	}
	return out
}

func (s *convScopes) of(c *workspace.Channel) []string {
	switch {
	case c.IsIM():
		return s.im
	case c.Private:
		return s.private
	default:
		return s.public
	}
}
