package slacksim

import (
	"cmp"
	"fmt"
	"strconv"
)

func (w *Server) uiState(_ *uiRequest, u *person) (any, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if u == nil { // the page's first call may not know anybody yet
		u = w.people.list[1]
	}
	return w.statePage(u), nil
}

func (w *Server) uiMessages(r *uiRequest, u *person) (any, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.channels.byID[r.query["channel"]]
	if u == nil || c == nil || !c.visibleTo(u.id) {
		return nil, fmt.Errorf("no such channel")
	}
	list := c.timeline
	if ts := r.query["thread_ts"]; ts != "" {
		list = c.threads[ts]
		if parent := c.byTS[ts]; parent != nil {
			list = append([]*message{parent}, list...)
		}
	}
	limit, err := strconv.Atoi(cmp.Or(r.query["limit"], "100"))
	if err != nil || limit < 1 {
		return nil, fmt.Errorf("limit %q is no number above 0", r.query["limit"])
	}
	return w.messagesPage(u, list, r.query["before"], limit), nil
}

func (w *Server) messagesPage(u *person, list []*message, before string, limit int) obj {
	var found []obj
	more := false
	for i := len(list) - 1; i >= 0; i-- {
		m := list[i]
		if m.Ephemeral != "" && m.Ephemeral != u.id || before != "" && m.TS >= before {
			continue
		}
		if len(found) == limit {
			more = true
			break
		}
		found = append(found, w.messagePage(m))
	}
	out := make([]obj, 0, len(found))
	for i := len(found) - 1; i >= 0; i-- {
		out = append(out, found[i])
	}
	return obj{"messages": out, "has_more": more}
}

func (w *Server) uiRead(r *uiRequest, u *person) (any, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.channels.byID[r.Channel]
	if u == nil || c == nil || !c.visibleTo(u.id) {
		return nil, fmt.Errorf("no such channel")
	}
	c.lastRead[u.id] = max(r.TS, c.lastRead[u.id])
	w.Send(u.id, obj{"type": "channel", "channel": w.channelPage(c, u.id)})
	return obj{}, nil
}
