package slacksim

import (
	"encoding/json"
	"fmt"
)

func (w *Server) uiSubmit(r *uiRequest, u *person) (any, error) {
	w.mu.Lock()
	v := w.views.byID[r.ViewID]
	if u == nil || v == nil {
		w.mu.Unlock()
		return nil, fmt.Errorf("no view %q", r.ViewID)
	}
	sent, missing, err := w.client.submit(u, v, r.Values)
	w.mu.Unlock()
	if err != nil {
		return nil, err
	}
	if sent == nil {
		return viewAnswer{ResponseAction: "errors", Errors: missing}, nil
	}
	ack, err := sent.wait()
	if err != nil {
		return obj{"response_action": "errors", "error": err.Error()}, nil
	}
	a := viewAnswer{ResponseAction: "close"}
	_ = json.Unmarshal(ack, &a) // validated when it came; an empty one means close
	a.View = nil
	return a, nil
}

func (w *Server) uiClose(r *uiRequest, u *person) (any, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	v := w.views.byID[r.ViewID]
	if u == nil || v == nil {
		return nil, fmt.Errorf("no view %q", r.ViewID)
	}
	return obj{}, w.client.closeView(u, v, r.Clear)
}
