package events

import (
	"errors"

	"opsbot/handlers"
)

type viewPayload struct {
	ID              string `json:"id"`
	Hash            string `json:"hash"`
	Type            string `json:"type"`
	CallbackID      string `json:"callback_id"`
	PrivateMetadata string `json:"private_metadata"`
	Blocks          []struct {
		Type    string `json:"type"`
		BlockID string `json:"block_id"`
	} `json:"blocks"`
	State struct {
		Values map[string]map[string]elementState `json:"values"`
	} `json:"state"`
}

func (d decoder) viewSubmission(p interactionPayload) (inbound, error) {
	if p.User.ID == "" || p.View == nil || p.View.CallbackID == "" {
		return inbound{}, errors.New("view submission lacks user, view or callback_id")
	}
	s := p.submission()
	s.At = d.now()
	in := inbound{submission: &s}
	for _, b := range p.View.Blocks {
		if b.Type == "input" && b.BlockID != "" {
			in.blocks = append(in.blocks, b.BlockID)
		}
	}
	return in, nil
}

// submission is what the view of a payload holds.
func (p interactionPayload) submission() handlers.Submission {
	s := handlers.Submission{
		ID: p.TriggerID, CallbackID: p.View.CallbackID, Metadata: p.View.PrivateMetadata, User: p.User.ID, Values: map[string]string{},
	}
	for block, elements := range p.View.State.Values {
		for _, e := range elements { // our forms have one element per block
			s.Values[block] = e.text()
		}
	}
	return s
}

// openForm is the modal in which a choice was made, nil for a press anywhere else.
func openForm(p interactionPayload) *handlers.OpenForm {
	if p.View == nil || p.View.Type != "modal" {
		return nil
	}
	return &handlers.OpenForm{Submission: p.submission(), View: p.View.ID, Hash: p.View.Hash}
}
