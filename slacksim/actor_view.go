package slacksim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
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
	return strings.Join(append([]string{v.Title}, textIn(v.Blocks)...), "\n")
}

// Buttons lists the buttons of the view.
func (v View) Buttons() []Button { return buttonsIn(v.Blocks) }

func (w *Workspace) viewSnapshot(v *view) View {
	title, _ := v.body["title"].(map[string]any)
	state, err := json.Marshal(stateValues(v.blocks, v.state))
	if err != nil {
		state = nil
	}
	return View{
		ID: v.id, Type: v.kind, CallbackID: v.str("callback_id"), Title: stringOf(title["text"]),
		PrivateMetadata: v.str("private_metadata"), Blocks: slices.Clone(v.blocks), State: state,
		Stack: len(w.views.stacks[v.user]), Hash: v.hash,
	}
}

// Modal is the modal on top of the person's screen, if any.
func (a *Actor) Modal() (View, bool) {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	v := a.w.views.top(a.u.id)
	if v == nil {
		return View{}, false
	}
	return a.w.viewSnapshot(v), true
}

// WaitModal waits for a modal on top whose text contains text.
func (a *Actor) WaitModal(ctx context.Context, text string) (View, error) {
	return until(ctx, a.w, fmt.Sprintf("a modal with %q for %s", text, a.u.name), func() (View, bool) {
		return a.shown(a.w.views.top(a.u.id), text)
	})
}

// WaitHome waits for a Home tab whose text contains text.
func (a *Actor) WaitHome(ctx context.Context, text string) (View, error) {
	return until(ctx, a.w, fmt.Sprintf("a Home tab with %q for %s", text, a.u.name), func() (View, bool) {
		return a.shown(a.w.views.home[a.u.id], text)
	})
}

func (a *Actor) shown(v *view, text string) (View, bool) {
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
	a.w.mu.Lock()
	live := a.w.views.byID[v.ID]
	if live == nil {
		a.w.mu.Unlock()
		return fmt.Errorf("the modal %s is gone", v.ID)
	}
	filled, err := a.fill(live, values)
	if err != nil {
		a.w.mu.Unlock()
		return err
	}
	sent, missing, err := a.w.client.submit(a.u, live, filled)
	a.w.mu.Unlock()
	switch {
	case err != nil:
		return err
	case sent == nil:
		return SubmitError(missing)
	}
	ack, err := sent.wait()
	if err != nil {
		return err
	}
	var answer viewAnswer
	if len(ack) > 0 && json.Unmarshal(ack, &answer) == nil && answer.ResponseAction == "errors" {
		return SubmitError(answer.Errors)
	}
	return nil
}

func (a *Actor) fill(v *view, values map[string]string) (viewState, error) {
	filled := viewState{}
	for action, value := range values {
		block, element := findElement(v.blocks, byIDs("", action))
		if element == nil {
			return nil, fmt.Errorf("the modal has no element %q; there are %s", action, pressable(v.blocks))
		}
		list := []string{value}
		if strings.HasPrefix(stringOf(element["type"]), "multi_") || element["type"] == "checkboxes" {
			list = strings.Split(value, ",")
		}
		given, err := a.w.choice(element, list)
		if err != nil {
			return nil, err
		}
		given["type"] = element["type"]
		filled.set(stringOf(block["block_id"]), action, given)
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
	_, err := a.start(func() (pending, error) {
		live := a.w.views.byID[v.ID]
		if live == nil {
			return nil, errors.New("the view is gone")
		}
		return a.press(press{user: a.u, view: live}, which, values)
	})
	return err
}

// CloseView dismisses the modal: Cancel, or with all the x that closes the
// whole stack.
func (a *Actor) CloseView(v View, all bool) error {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	live := a.w.views.byID[v.ID]
	if live == nil {
		return errors.New("the view is gone")
	}
	return a.w.client.closeView(a.u, live, all)
}

// Options asks an external select for its options, as typing into it does.
func (a *Actor) Options(v View, actionID, typed string) (json.RawMessage, error) {
	return a.start(func() (pending, error) {
		live := a.w.views.byID[v.ID]
		if live == nil {
			return nil, errors.New("the view is gone")
		}
		return a.w.client.suggest(press{user: a.u, view: live, actionID: actionID}, typed)
	})
}
