package webapi

import (
	"strings"

	"opsbot/slacksim/workspace"
)

func historyMethods() []method {
	return []method{
		{name: "conversations.history", tier: tier3, conv: historyScopes(), run: conversationsHistory},
		{name: "conversations.replies", tier: tier3, conv: historyScopes(), run: conversationsReplies},
	}
}

// span is the part of history that a call asks for; ts compare as strings.
type span struct {
	oldest, latest string
	inclusive      bool
}

func (c *call) span() (span, error) {
	s := span{oldest: c.str("oldest"), latest: c.str("latest"), inclusive: c.flag("inclusive")}
	switch {
	case s.oldest != "" && !workspace.ValidTS(s.oldest):
		return s, refuse("invalid_ts_oldest")
	case s.latest != "" && !workspace.ValidTS(s.latest):
		return s, refuse("invalid_ts_latest")
	}
	return s, nil
}

func (s span) has(ts string) bool {
	if s.inclusive && (ts == s.oldest || ts == s.latest) {
		return true
	}
	return (s.oldest == "" || s.oldest == "0" || strings.Compare(ts, s.oldest) > 0) && (s.latest == "" || strings.Compare(ts, s.latest) < 0)
}

// conversationsHistory answers newest first.
func conversationsHistory(w *API, c *call) (obj, error) {
	ch, err := c.memberChannel("channel")
	if err != nil {
		return nil, err
	}
	asked, err := c.span()
	if err != nil {
		return nil, err
	}
	var found []*workspace.Message
	for i := len(ch.Timeline) - 1; i >= 0; i-- {
		if m := ch.Timeline[i]; m.Ephemeral == "" && asked.has(m.TS) {
			found = append(found, m)
		}
	}
	return w.historyPage(c, found)
}

// conversationsReplies answers oldest first, the parent always in front.
func conversationsReplies(w *API, c *call) (obj, error) {
	ch, err := c.memberChannel("channel")
	if err != nil {
		return nil, err
	}
	asked, err := c.span()
	if err != nil {
		return nil, err
	}
	parent := ch.ByTS[c.str("ts")]
	if parent == nil || parent.Ephemeral != "" {
		return nil, refuse("thread_not_found")
	}
	if parent.ThreadTS != "" && ch.ByTS[parent.ThreadTS] != nil {
		parent = ch.ByTS[parent.ThreadTS]
	}
	found := []*workspace.Message{parent}
	for _, m := range ch.Threads[parent.TS] {
		if m.Ephemeral == "" && asked.has(m.TS) {
			found = append(found, m)
		}
	}
	return w.historyPage(c, found)
}

func (w *API) historyPage(c *call, found []*workspace.Message) (obj, error) {
	part, next, err := page(c, found, 100, 999)
	if err != nil {
		return nil, err
	}
	list := make([]obj, 0, len(part))
	for _, m := range part {
		list = append(list, w.MessageAPI(m, c.flag("include_all_metadata"))) // SF-8.1
	}
	return obj{"messages": list, "has_more": next != "", "pin_count": 0, "response_metadata": nextCursor(next)}, nil
}
