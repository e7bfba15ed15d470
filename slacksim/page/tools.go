package page

import (
	"encoding/json"
	"fmt"
	"time"

	"opsbot/slacksim/workspace"
)

func (w *Server) uiFaults(r *uiRequest, _ *workspace.Person) (any, error) {
	var f struct {
		DropSockets       bool  `json:"drop_sockets"`
		DelayMS           *int  `json:"delay_ms"`
		RateLimit         *int  `json:"rate_limit"`
		ServerErrors      *int  `json:"http_5xx"`
		AcceptThenTimeout *int  `json:"accept_then_timeout"`
		HalfOpen          *bool `json:"half_open"`
		Offline           *bool `json:"offline"`
	}
	body, err := json.Marshal(r.raw)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(body, &f); err != nil {
		return nil, err
	}
	for kind, n := range map[workspace.FaultKind]*int{workspace.FaultRateLimit: f.RateLimit, workspace.FaultServerError: f.ServerErrors, workspace.FaultAcceptThenTimeout: f.AcceptThenTimeout} {
		if n != nil {
			w.SetPending(kind, *n)
		}
	}
	if f.DelayMS != nil {
		w.SetDelay(time.Duration(*f.DelayMS) * time.Millisecond)
	}
	if f.HalfOpen != nil {
		w.sockets.SetHalfOpen(*f.HalfOpen)
	}
	if f.Offline != nil {
		w.sockets.SetOffline(*f.Offline)
	}
	if f.DropSockets {
		w.sockets.DropSockets()
	}
	w.Mu.Lock()
	defer w.Mu.Unlock()
	return w.FaultsJSON(), nil
}

// uiPanel runs a button of the program that embeds the simulator.
func (w *Server) uiPanel(r *uiRequest, _ *workspace.Person) (any, error) {
	w.Mu.Lock()
	groups := w.panel
	w.Mu.Unlock()
	for _, g := range groups {
		for _, a := range g.Actions {
			if a.ID != r.ID {
				continue
			}
			message, err := a.Run(r.ctx.Context())
			if err != nil {
				return obj{"ok": false, "error": err.Error()}, nil
			}
			return obj{"ok": true, "message": message}, nil
		}
	}
	return nil, fmt.Errorf("no panel button %q", r.ID)
}

// SetPanel replaces the panel.
func (w *Server) SetPanel(groups []workspace.PanelGroup) {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	w.panel = groups
	w.Send("", obj{"type": "panel", "groups": panelJSON(groups)})
}
