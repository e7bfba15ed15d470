package slacksim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"opsbot/slacksim/blockkit"
	"opsbot/slacksim/client"
	"opsbot/slacksim/workspace"
)

// View is a snapshot of a modal or Home tab.
type View struct {
	ID, Type, CallbackID, Title, PrivateMetadata string

	Blocks json.RawMessage
	State  json.RawMessage // state.values
	Stack  int             // how many modals are open, this one on top
	Hash   string
}

// Text is everything that can be read on the view.
func (v View) Text() string {
	return strings.Join(append([]string{v.Title}, blockkit.Text(v.Blocks)...), "\n")
}

// Buttons lists the buttons of the view.
func (v View) Buttons() []Button { return blockkit.Buttons(v.Blocks) }

func (w *Workspace) viewSnapshot(v *workspace.View) View {
	title, _ := v.Body["title"].(map[string]any)
	state, err := json.Marshal(blockkit.Values(v.Blocks, v.State))
	if err != nil {
		state = nil
	}
	return View{
		ID: v.ID, Type: v.Kind, CallbackID: v.Str("callback_id"), Title: blockkit.String(title["text"]),
		PrivateMetadata: v.Str("private_metadata"), Blocks: slices.Clone(v.Blocks), State: state,
		Stack: len(w.Views.Stacks[v.User]), Hash: v.Hash,
	}
}

// Modal is the modal on top of the person's screen, if any.
func (a *Actor) Modal() (View, bool) {
	a.w.Mu.Lock()
	defer a.w.Mu.Unlock()
	v := a.w.Views.Top(a.u.ID)
	if v == nil {
		return View{}, false
	}
	return a.w.viewSnapshot(v), true
}

// WaitModal waits for a modal on top whose text contains text.
func (a *Actor) WaitModal(ctx context.Context, text string) (View, error) {
	return until(ctx, a.w, fmt.Sprintf("a modal with %q for %s", text, a.u.Name), func() (View, bool) {
		return a.shown(a.w.Views.Top(a.u.ID), text)
	})
}

// WaitHome waits for a Home tab whose text contains text.
func (a *Actor) WaitHome(ctx context.Context, text string) (View, error) {
	return until(ctx, a.w, fmt.Sprintf("a Home tab with %q for %s", text, a.u.Name), func() (View, bool) {
		return a.shown(a.w.Views.Home[a.u.ID], text)
	})
}

func (a *Actor) shown(v *workspace.View, text string) (View, bool) {
	if v == nil {
		return View{}, false
	}
	snapshot := a.w.viewSnapshot(v)
	return snapshot, strings.Contains(snapshot.Text(), text)
}

// SubmitError is a modal's refusal: block_id → text.
type SubmitError map[string]string

func (e SubmitError) Error() string {
	var lines []string
	for _, block := range slices.Sorted(maps.Keys(e)) {
		lines = append(lines, block+": "+e[block])
	}
	return "the modal reports " + strings.Join(lines, "; ")
}

// Submit fills the modal in and sends it off. Keys of values are action_ids;
// several values for a multi-select are joined with commas. A refusal of
// inputs is a SubmitError.
func (a *Actor) Submit(v View, values map[string]string) error {
	a.w.Mu.Lock()
	live := a.w.Views.ByID[v.ID]
	if live == nil {
		a.w.Mu.Unlock()
		return fmt.Errorf("the modal %s is gone", v.ID)
	}
	filled, err := a.fill(live, values)
	if err != nil {
		a.w.Mu.Unlock()
		return err
	}
	sent, missing, err := a.w.client.Submit(a.u, live, filled)
	a.w.Mu.Unlock()
	switch {
	case err != nil:
		return err
	case sent == nil:
		return SubmitError(missing)
	}
	ack, err := sent.Wait()
	if err != nil {
		return err
	}
	var answer client.ViewAnswer
	if len(ack) > 0 && json.Unmarshal(ack, &answer) == nil && answer.ResponseAction == "errors" {
		return SubmitError(answer.Errors)
	}
	return nil
}

func (a *Actor) fill(v *workspace.View, values map[string]string) (blockkit.State, error) {
	filled := blockkit.State{}
	for action, value := range values {
		block, element := blockkit.Find(v.Blocks, blockkit.ByIDs("", action))
		if element == nil {
			return nil, fmt.Errorf("the modal has no element %q; there are %s", action, pressable(v.Blocks))
		}
		list := []string{value}
		if strings.HasPrefix(blockkit.String(element["type"]), "multi_") || element["type"] == "checkboxes" {
			list = strings.Split(value, ",")
		}
		given, err := a.w.choice(element, list)
		if err != nil {
			return nil, err
		}
		given["type"] = element["type"]
		filled.Set(blockkit.String(block["block_id"]), action, given)
	}
	return filled, nil
}

// ClickView presses a button of a modal or Home tab.
func (a *Actor) ClickView(v View, which string) error { return a.onView(v, which, nil) }

// SelectView picks values in an element of a modal or Home tab.
func (a *Actor) SelectView(v View, which string, values ...string) error {
	return a.onView(v, which, values)
}

func (a *Actor) onView(v View, which string, values []string) error {
	_, err := a.start(func() (client.Pending, error) {
		live := a.w.Views.ByID[v.ID]
		if live == nil {
			return nil, errors.New("the view is gone")
		}
		return a.press(client.Press{User: a.u, View: live}, which, values)
	})
	return err
}

// CloseView dismisses the modal: Cancel, or with all the x that closes the
// whole stack.
func (a *Actor) CloseView(v View, all bool) error {
	a.w.Mu.Lock()
	defer a.w.Mu.Unlock()
	live := a.w.Views.ByID[v.ID]
	if live == nil {
		return errors.New("the view is gone")
	}
	return a.w.client.CloseView(a.u, live, all)
}

// Options asks an external select for its options, as typing into it does.
func (a *Actor) Options(v View, actionID, typed string) (json.RawMessage, error) {
	return a.start(func() (client.Pending, error) {
		live := a.w.Views.ByID[v.ID]
		if live == nil {
			return nil, errors.New("the view is gone")
		}
		return a.w.client.Suggest(client.Press{User: a.u, View: live, ActionID: actionID}, typed)
	})
}
