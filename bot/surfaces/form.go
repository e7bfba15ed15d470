package surfaces

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"opsbot/bot"
	"opsbot/bot/render"
	"opsbot/k8sops"
	"opsbot/messages"
)

// Limits of modals and inputs (SF-4.60, SF-4.59, SF-4.27).
const (
	modalTitle = 24
	modalText  = 3000
	inputLabel = 2000
	// maxOptionValue is the lower of two limits that Slack gives for an option's value (150 and 75).
	maxOptionValue = 75
)

// Form is a modal that asks for the arguments of an operation. Each input's block id is the argument's name, so that a
// Submission's Values are arguments by name.
type Form struct {
	CallbackID string
	Metadata   string // comes back in the Submission, at most 3,000 characters
	Operation  *k8sops.Operation
	// Known are arguments that are given already; they are filled in.
	Known k8sops.Args
	// Choices are the values to choose from, by argument.
	Choices map[string][]k8sops.Choice
	Locale  string
}

// Forms opens modals.
type Forms struct {
	Slack     *slack.Client
	Catalogue *messages.Catalogue
}

// Open shows the form to the person whose trigger it is, within three seconds of their press (SF-3.1).
func (f *Forms) Open(ctx context.Context, trigger string, form Form) error {
	if _, err := f.Slack.OpenViewContext(ctx, trigger, f.view(form)); err != nil {
		return fmt.Errorf("open form for %s: %s: %w", form.Operation.Name, bot.ErrorDetail(err), err)
	}
	return nil
}

// Update changes an open form, unless it has changed since the version of that hash.
func (f *Forms) Update(ctx context.Context, view, hash string, form Form) error {
	if _, err := f.Slack.UpdateViewContext(ctx, f.view(form), "", hash, view); err != nil {
		return fmt.Errorf("change form for %s: %s: %w", form.Operation.Name, bot.ErrorDetail(err), err)
	}
	return nil
}

func (f *Forms) view(form Form) slack.ModalViewRequest {
	p := f.Catalogue.Printer(form.Locale, messages.Plain())
	view := slack.ModalViewRequest{
		Type:            slack.VTModal,
		Title:           render.PlainText(form.Operation.Name, modalTitle),
		Submit:          render.PlainText(p.Text(messages.New("bot.form_run")), modalTitle),
		Close:           render.PlainText(p.Text(messages.New("bot.form_cancel")), modalTitle),
		CallbackID:      form.CallbackID,
		PrivateMetadata: form.Metadata,
	}
	view.Blocks.BlockSet = append(view.Blocks.BlockSet,
		slack.NewSectionBlock(render.PlainText(p.Text(form.Operation.Summary), modalText), nil, nil))
	for _, arg := range form.Operation.Asked() {
		view.Blocks.BlockSet = append(view.Blocks.BlockSet, input(p, form, arg))
	}
	return view
}

func input(p *messages.Printer, form Form, arg k8sops.Arg) *slack.InputBlock {
	initial := form.Known[arg.Name]
	if initial == "" {
		initial = arg.Default
	}
	block := slack.NewInputBlock(arg.Name, render.PlainText(label(p, arg), inputLabel), hint(p, form, arg), element(p, arg, choices(form, arg), initial))
	block.Optional = !arg.Required
	// What depends on this choice is listed anew as soon as it is made.
	block.DispatchAction = arg.Name == k8sops.ClusterArg ||
		slices.ContainsFunc(form.Operation.Args, func(other k8sops.Arg) bool { return other.OfferNeeds == arg.Name })
	return block
}

// hint says what happens to a secret (people hesitate to type one into Slack, and are right to), or what else could be typed.
func hint(p *messages.Printer, form Form, arg k8sops.Arg) *slack.TextBlockObject {
	var seen []string
	for _, c := range form.Choices[arg.Name] {
		seen = append(seen, c.Value)
	}
	switch {
	case arg.Kind == k8sops.KindSecret:
		return render.PlainText(p.Text(messages.New("bot.form_secret")), inputLabel)
	case arg.OfferMore && len(seen) > 0:
		return render.PlainText(p.Text(messages.New("bot.form_seen", "values", strings.Join(seen, ", "))), inputLabel)
	}
	return nil
}

func label(p *messages.Printer, arg k8sops.Arg) string {
	if arg.Summary.IsZero() {
		return arg.Name
	}
	return arg.Name + ": " + p.Text(arg.Summary)
}

// choices are the options of an argument; none if its value is typed.
func choices(form Form, arg k8sops.Arg) []k8sops.Choice {
	offered := form.Choices[arg.Name]
	switch {
	case arg.OfferMore:
		return nil
	case len(offered) > 0 && arg.AllowAll:
		return append(k8sops.Choices(k8sops.All), offered...)
	case len(offered) > 0:
		return offered
	case arg.Kind == k8sops.KindBool:
		return k8sops.Choices("true", "false")
	}
	return k8sops.Choices(arg.Choices...)
}

// element is a menu if there are options and they fit, else an input for what is typed. The two have different action ids, so that Slack
// does not carry a value from one to the other.
func element(p *messages.Printer, arg k8sops.Arg, choices []k8sops.Choice, initial string) slack.BlockElement {
	switch {
	case arg.Kind == k8sops.KindPerson && initial == "":
		return slack.NewOptionsSelectBlockElement(slack.OptTypeUser, nil, arg.Name+"/person")
	case len(choices) > 0 && len(choices) <= render.MaxOptions && !slices.ContainsFunc(choices, tooLong):
		return menu(p, arg, choices, initial)
	case arg.Kind == k8sops.KindTime && initial == "":
		return slack.NewDateTimePickerBlockElement(arg.Name + "/time")
	}
	line := slack.NewPlainTextInputBlockElement(nil, arg.Name)
	line.Multiline = arg.Multiline
	if arg.Kind != k8sops.KindSecret {
		line.InitialValue = initial
	}
	return line
}

func tooLong(c k8sops.Choice) bool { return len([]rune(c.Value)) > maxOptionValue }

func menu(p *messages.Printer, arg k8sops.Arg, choices []k8sops.Choice, initial string) *slack.SelectBlockElement {
	menu := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, nil, arg.Name+"/menu")
	for _, c := range choices {
		label := c.Value
		if !c.Label.IsZero() {
			label = p.Text(c.Label)
		}
		option := slack.NewOptionBlockObject(c.Value, render.PlainText(label, render.MaxOptionLabel), nil)
		menu.Options = append(menu.Options, option)
		if c.Value == initial {
			menu.InitialOption = option
		}
	}
	return menu
}
