package surfaces

import (
	"context"
	"fmt"

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
)

// Form is a modal that asks for the arguments of an operation. Each input's block id (and action id) is the argument's
// name, so that a Submission's Values are arguments by name.
type Form struct {
	CallbackID string
	Metadata   string // comes back in the Submission, at most 3,000 characters
	Operation  *k8sops.Operation
	// Known are arguments that are given already; they are filled in.
	Known k8sops.Args
	// Workloads are the names to choose from for arguments of KindWorkload.
	Workloads []string
	Locale    string
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
	for _, arg := range form.Operation.Args {
		view.Blocks.BlockSet = append(view.Blocks.BlockSet, input(p, form, arg))
	}
	return view
}

func input(p *messages.Printer, form Form, arg k8sops.Arg) *slack.InputBlock {
	initial := form.Known[arg.Name]
	if initial == "" {
		initial = arg.Default
	}
	block := slack.NewInputBlock(arg.Name, render.PlainText(label(p, arg), inputLabel), nil, element(arg, choices(form, arg), initial))
	block.Optional = !arg.Required
	return block
}

func label(p *messages.Printer, arg k8sops.Arg) string {
	if arg.Summary.IsZero() {
		return arg.Name
	}
	return arg.Name + ": " + p.Text(arg.Summary)
}

// choices lists the options of an argument; none if its value is typed.
func choices(form Form, arg k8sops.Arg) []string {
	switch arg.Kind {
	case k8sops.KindWorkload:
		if arg.AllowAll && len(form.Workloads) > 0 {
			return append([]string{"all"}, form.Workloads...)
		}
		return form.Workloads
	case k8sops.KindBool:
		return []string{"true", "false"}
	default:
		return arg.Choices
	}
}

// element is a menu if there are options and they fit, else a text input.
func element(arg k8sops.Arg, choices []string, initial string) slack.BlockElement {
	if len(choices) == 0 || len(choices) > render.MaxOptions {
		line := slack.NewPlainTextInputBlockElement(nil, arg.Name)
		line.InitialValue = initial
		return line
	}
	menu := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, nil, arg.Name)
	for _, c := range choices {
		option := slack.NewOptionBlockObject(c, render.PlainText(c, render.MaxOptionLabel), nil)
		menu.Options = append(menu.Options, option)
		if c == initial {
			menu.InitialOption = option
		}
	}
	return menu
}
