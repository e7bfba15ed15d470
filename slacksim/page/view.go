package page

import (
	"encoding/json"
	"fmt"

	"opsbot/slacksim/client"
	"opsbot/slacksim/workspace"
)

func (w *Server) uiSubmit(r *uiRequest, u *workspace.Person) (any, error) {
	w.Mu.Lock()
	v := w.Views.ByID[r.ViewID]
	if u == nil || v == nil {
		w.Mu.Unlock()
		return nil, fmt.Errorf("no view %q", r.ViewID)
	}
	sent, missing, err := w.client.Submit(u, v, r.Values)
	w.Mu.Unlock()
	if err != nil {
		return nil, err
	}
	if sent == nil {
		return client.ViewAnswer{ResponseAction: "errors", Errors: missing}, nil
	}
	ack, err := sent.Wait()
	if err != nil {
		return obj{"response_action": "errors", "error": err.Error()}, nil
	}
	a := client.ViewAnswer{ResponseAction: "close"}
	_ = json.Unmarshal(ack, &a) // validated when it came; an empty one means close
	a.View = nil
	return a, nil
}

func (w *Server) uiClose(r *uiRequest, u *workspace.Person) (any, error) {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	v := w.Views.ByID[r.ViewID]
	if u == nil || v == nil {
		return nil, fmt.Errorf("no view %q", r.ViewID)
	}
	return obj{}, w.client.CloseView(u, v, r.Clear)
}
