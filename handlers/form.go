package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.uber.org/zap"

	"opsbot/handlers/calls"
	"opsbot/internal/redact"
	"opsbot/internal/secret"
	"opsbot/k8sops"
	"opsbot/k8sops/cmdline"
	"opsbot/messages"
)

// CallbackRun marks the submission of a form that asks for an operation's arguments (view callback_id).
const CallbackRun = "run"

// FormRequest asks for the arguments of an operation in a modal. Its submission carries the arguments by name.
type FormRequest struct {
	Operation *k8sops.Operation
	// Known are arguments that are given already; they are filled in.
	Known k8sops.Args
	// Choices are the values to choose from, by argument; those without any are typed.
	Choices map[string][]k8sops.Choice
	// Metadata comes back in the Submission.
	Metadata string
	Locale   string
}

// Forms opens and changes modals; a trigger is good for three seconds (SF-3.1).
type Forms interface {
	OpenForm(ctx context.Context, trigger string, f FormRequest) error
	// UpdateForm changes an open form. What was typed stays where the input stays (SF-3.12).
	UpdateForm(ctx context.Context, view, hash string, f FormRequest) error
}

// formOrigin is where a form was asked for: its answer goes there. A submission itself has no channel.
type formOrigin struct {
	Operation   string `json:"operation"`
	Channel     string `json:"channel,omitempty"`
	ThreadTS    string `json:"thread_ts,omitempty"`
	ResponseURL string `json:"response_url,omitempty"`
}

// pressedForm opens the form that a button is for.
func (d *Dispatcher) pressedForm(ctx context.Context, a Action) error {
	ctx, cancel := context.WithTimeout(ctx, decisionLimit)
	defer cancel()
	leave, err := d.Quota.Enter(a.User, d.Now())
	if err != nil {
		return err
	}
	defer leave()
	op, given, err := d.lacking(a.Value)
	if err != nil {
		return unknownPress()
	}
	return d.openForm(ctx, a.TriggerID, a.request(""), op, given)
}

// lacking is the operation of a line that may lack arguments, with those that it has.
func (d *Dispatcher) lacking(line string) (*k8sops.Operation, k8sops.Args, error) {
	if op, err := k8sops.Find(d.Catalog, line); err == nil {
		return op, nil, nil
	}
	op, given, err := cmdline.Parse(d.Catalog, line)
	if missing, ok := errors.AsType[*cmdline.Missing](err); ok {
		return missing.Operation, missing.Given, nil
	}
	return op, given, err
}

// openForm asks for what the operation needs. What there is to choose from is listed with the person's own rights, so the form
// shows nothing that the person may not see.
func (d *Dispatcher) openForm(ctx context.Context, trigger string, req Request, op *k8sops.Operation, given k8sops.Args) error {
	metadata, err := json.Marshal(formOrigin{op.Name, req.Channel, req.ThreadTS, req.ResponseURL})
	if err != nil {
		return fmt.Errorf("form for %s: %w", op.Name, err)
	}
	form, err := d.form(ctx, req.User, op, d.onFormCluster(ctx, req, op, given), string(metadata))
	if err != nil {
		return err
	}
	return d.Forms.OpenForm(ctx, trigger, form)
}

// changedForm lists anew what depends on a choice that a person has just made in an open form.
func (d *Dispatcher) changedForm(ctx context.Context, a Action) {
	ctx, cancel := context.WithTimeout(ctx, decisionLimit)
	defer cancel()
	leave, err := d.Quota.Enter(a.User, d.Now())
	if err != nil {
		return // the form can be filled in as it is
	}
	defer leave()
	op, err := d.submitted(a.Form.Submission)
	if err != nil {
		return // no form of ours
	}
	form, err := d.form(ctx, a.User, op, arguments(op, a.Form.Values), a.Form.Metadata)
	if err == nil {
		err = d.Forms.UpdateForm(ctx, a.Form.View, a.Form.Hash, form)
	}
	if err != nil { // the form can be filled in as it is
		d.Log.Info("form not changed", zap.String("operation", op.Name), zap.String("user", a.User), zap.Error(err))
	}
}

func (d *Dispatcher) form(ctx context.Context, user string, op *k8sops.Operation, given k8sops.Args, metadata string) (FormRequest, error) {
	form := FormRequest{Operation: op, Known: given, Metadata: metadata, Locale: d.LocaleOf(ctx, user)}
	id, err := d.Identities.Identify(ctx, user)
	if err != nil {
		return form, err
	}
	form.Choices, err = d.choices(ctx, id, user, op, given)
	form.Known = maps.Clone(given)
	for _, a := range op.Args {
		if offered := form.Choices[a.Name]; len(offered) > 0 && !a.OfferMore && given[a.Name] != "" && given[a.Name] != k8sops.All {
			form.Known[a.Name] = chosen(offered, given[a.Name])
		}
	}
	return form, err
}

// chosen is the choice that a person has typed, a part of its name being enough; "" where that is not clear.
func chosen(offered []k8sops.Choice, typed string) string {
	if slices.ContainsFunc(offered, func(c k8sops.Choice) bool { return c.Value == typed }) {
		return typed
	}
	match := func(c k8sops.Choice) bool { return strings.Contains(c.Value, typed) }
	first := slices.IndexFunc(offered, match)
	if first < 0 || slices.ContainsFunc(offered[first+1:], match) {
		return ""
	}
	return offered[first].Value
}

// Submit handles a submitted form. The answer goes to where it was asked for, else into the person's direct messages.
func (d *Dispatcher) Submit(ctx context.Context, s Submission) {
	req := Request{SourceID: s.ID, User: s.User, Channel: s.User, At: s.At}
	op, err := d.submitted(s)
	if err != nil {
		d.Log.Warn("submission of an unknown form", zap.String("callback", s.CallbackID), zap.String("operation", originOf(s).Operation), zap.Error(err))
		d.put(ctx, d.private("press/"+s.ID, req, d.LocaleOf(ctx, s.User), calls.ErrorCard(calls.Record{}, unknownPress())))
		return
	}
	if origin := originOf(s); origin.Channel != "" {
		req.Channel, req.ThreadTS, req.ResponseURL = origin.Channel, origin.ThreadTS, origin.ResponseURL
	}
	req.Call = &k8sops.Invocation{Operation: op.Name, Args: arguments(op, s.Values)}
	req.Secrets = k8sops.Secrets{}
	for _, a := range op.Args {
		if value := s.Values[a.Name]; a.Kind == k8sops.KindSecret && value != "" {
			req.Secrets[a.Name] = secret.New(value)
		}
	}
	d.submit(ctx, req)
}

// ValidateSubmission checks a form before it closes; what it returns stands at the input with that name.
func (d *Dispatcher) ValidateSubmission(_ context.Context, s Submission) map[string]messages.Text {
	op, err := d.submitted(s)
	if err != nil {
		return nil
	}
	problems := map[string]messages.Text{}
	for _, a := range op.Args {
		value := s.Values[a.Name]
		if value == "" {
			continue // Slack asks for what is required
		}
		check := func() error { return k8sops.CheckArg(op, a.Name, argument(a, value)) }
		if a.Kind == k8sops.KindSecret {
			check = func() error { return a.CheckSecret(value) }
		}
		if err := check(); err != nil {
			problems[a.Name] = calls.ErrorCard(calls.Record{}, err).Title
		}
	}
	return problems
}

func (d *Dispatcher) submitted(s Submission) (*k8sops.Operation, error) {
	if s.CallbackID != CallbackRun {
		return nil, fmt.Errorf("callback %q", s.CallbackID)
	}
	return k8sops.Find(d.Catalog, originOf(s).Operation)
}

// originOf reads the metadata of a form. One that an older version has opened holds the operation's name alone.
func originOf(s Submission) formOrigin {
	var origin formOrigin
	if json.Unmarshal([]byte(s.Metadata), &origin) != nil {
		origin.Operation = s.Metadata
	}
	return origin
}

// arguments are the declared values that were filled in; of a secret, that there is one.
func arguments(op *k8sops.Operation, values map[string]string) k8sops.Args {
	args := k8sops.Args{}
	for _, a := range op.Args {
		if value := values[a.Name]; value != "" {
			args[a.Name] = argument(a, value)
			if a.Rest || a.Multiline {
				args[a.Name] = redact.Text(args[a.Name]) // a note; a secret has a kind of its own
			}
		}
	}
	return args
}

// What Slack's menu of people and its picker of times give in place of what people type.
var (
	userID   = regexp.MustCompile(`^[UW][A-Z0-9]{2,}$`)
	unixTime = regexp.MustCompile(`^\d{10}$`)
)

// argument is a value of a form as it would be typed.
func argument(a k8sops.Arg, value string) string {
	switch {
	case a.Kind == k8sops.KindSecret:
		return k8sops.Typed
	case a.Kind == k8sops.KindPerson && userID.MatchString(value):
		return "<@" + value + ">"
	case a.Kind == k8sops.KindTime && unixTime.MatchString(value):
		seconds, _ := strconv.ParseInt(value, 10, 64)
		return time.Unix(seconds, 0).UTC().Format(time.RFC3339)
	}
	return value
}
