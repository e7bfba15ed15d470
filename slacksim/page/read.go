package page

import (
	"cmp"
	"fmt"
	"strconv"

	"opsbot/slacksim/workspace"
)

func (w *Server) uiState(_ *uiRequest, u *workspace.Person) (any, error) {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	if u == nil { // the page's first call may not know anybody yet
		u = w.People.List[1]
	}
	return w.statePage(u), nil
}

func (w *Server) uiMessages(r *uiRequest, u *workspace.Person) (any, error) {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	c := w.Channels.ByID[r.query["channel"]]
	if u == nil || c == nil || !c.VisibleTo(u.ID) {
		return nil, fmt.Errorf("no such channel")
	}
	list := c.Timeline
	if ts := r.query["thread_ts"]; ts != "" {
		list = c.Threads[ts]
		if parent := c.ByTS[ts]; parent != nil {
			list = append([]*workspace.Message{parent}, list...)
		}
	}
	limit, err := strconv.Atoi(cmp.Or(r.query["limit"], "100"))
	if err != nil || limit < 1 {
		return nil, fmt.Errorf("limit %q is no number above 0", r.query["limit"])
	}
	return w.messagesPage(u, list, r.query["before"], limit), nil
}

func (w *Server) messagesPage(u *workspace.Person, list []*workspace.Message, before string, limit int) obj {
	var found []obj
	more := false
	for i := len(list) - 1; i >= 0; i-- {
		m := list[i]
		if m.Ephemeral != "" && m.Ephemeral != u.ID || before != "" && m.TS >= before {
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

func (w *Server) uiRead(r *uiRequest, u *workspace.Person) (any, error) {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	c := w.Channels.ByID[r.Channel]
	if u == nil || c == nil || !c.VisibleTo(u.ID) {
		return nil, fmt.Errorf("no such channel")
	}
	c.LastRead[u.ID] = max(r.TS, c.LastRead[u.ID])
	w.Send(u.ID, obj{"type": "channel", "channel": w.channelPage(c, u.ID)})
	return obj{}, nil
}
