package handlers

import (
	"context"
	"strings"
	"time"

	"go.uber.org/zap"

	"opsbot/handlers/audit"
	"opsbot/handlers/calls"
	"opsbot/handlers/freeze"
	"opsbot/handlers/identity"
	"opsbot/handlers/quota"
	"opsbot/internal/keyedmutex"
	"opsbot/k8sops"
	"opsbot/k8sops/runbooks"
	"opsbot/messages"
)

// Outbox takes the messages that should stand in Slack.
type Outbox interface {
	Put(ctx context.Context, m ...messages.Outbound) error
}

// Identifier maps a Slack user to the Kubernetes identity that the person's calls run as.
type Identifier interface {
	Identify(ctx context.Context, slackUser string) (k8sops.Identity, error)
}

// Direct shows a message to one person at once and without a trace: for when the store fails, which keeps all others.
type Direct interface {
	Tell(ctx context.Context, m messages.Outbound) error
}

// Guided are the runs that lead from one operation to the next.
type Guided interface {
	// Press takes the step that a button is for, or says why not. The call of the step is made by whoever pressed.
	Press(ctx context.Context, a Action) error
}

// Settings of the pipeline.
type Settings struct {
	// Prefix of the slash commands, "" or e.g. "k-" for workspaces where /scale is taken.
	Prefix string
	// Expires is how long a confirmation or an approval is waited for.
	Expires time.Duration
	// RunLimit bounds a run with its verification.
	RunLimit time.Duration
	// BreakGlass says when whoever asked may run a call without the second person that it needs.
	BreakGlass BreakGlass
	// Locale of messages that a whole channel reads.
	Locale string
}

// Dispatcher takes commands, mentions and presses through the pipeline. Its methods are safe for concurrent use and
// return as soon as the request is stored and answered or handed to a run; runs go on in the background until Close.
type Dispatcher struct {
	Catalog    []k8sops.Operation
	Clusters   k8sops.Clusters
	Identities Identifier
	// Readers decides what a channel may read; nil: everything, in tests.
	Readers *ChannelReaders
	People  identity.People
	Calls   calls.Store
	// Shared is what this opsbot and others know of each other's runs.
	Shared Runs
	// Schedules are the calls planned for later.
	Schedules Schedules
	// Guided takes presses on the cards of guided runs; nil where there are none.
	Guided Guided
	// Freezes are the times in which a change needs a second person.
	Freezes freeze.Windows
	// OnDuty are the Slack users of all roles who are to know at once that a call was run without its second person; nil: nobody.
	OnDuty func(ctx context.Context) []string
	// Audit records presses that were refused; may be nil.
	Audit audit.Log
	// Refusals counts refusals of one kind, so that one person does not fill the record; nil: each is a row.
	Refusals *audit.Refusals
	// Quota bounds what one person may ask for; nil: nothing does.
	Quota     *quota.People
	Outbox    Outbox
	Direct    Direct
	Incidents Incidents
	Messages  MessageReader
	Forms     Forms
	Settings  Settings
	Now       func() time.Time
	NewID     func() string
	Log       *zap.Logger

	runs    runningCalls
	secrets typedSecrets
	// quoteLocks makes reading a message and acting on it one step, by message.
	quoteLocks keyedmutex.Mutex
}

// Command handles a slash command.
func (d *Dispatcher) Command(ctx context.Context, c Command) {
	d.submit(ctx, Request{
		SourceID: c.ID, Line: d.commandLine(c.Name, c.Text), User: c.User, Channel: c.Channel, ResponseURL: c.ResponseURL, TriggerID: c.TriggerID, At: c.At,
	})
}

// Mention handles a message to the bot. Its answer goes into the thread, which the mention opens if there is none.
func (d *Dispatcher) Mention(ctx context.Context, m Mention) {
	thread := m.ThreadTS
	if thread == "" {
		thread = m.TS
	}
	line := strings.TrimSpace(m.Text)
	if line == "" {
		line = helpLine
	}
	d.submit(ctx, Request{SourceID: m.ID, Line: line, User: m.User, Channel: m.Channel, ThreadTS: thread, At: m.At})
}

// Action handles a press of one of the buttons that cards carry.
func (d *Dispatcher) Action(ctx context.Context, a Action) {
	if a.Form != nil {
		d.changedForm(ctx, a)
		return
	}
	if a.Channel == "" {
		a.Channel = a.User // pressed in the Home tab: answered in the person's direct messages (SF-6.9)
	}
	switch a.Name {
	case calls.ActionRun:
		d.submit(ctx, a.request(a.Value))
	case calls.ActionUndo:
		d.undo(ctx, a)
	case calls.ActionConfirm, calls.ActionApprove, calls.ActionCancel:
		d.decide(ctx, a)
	case calls.ActionStop:
		d.stop(ctx, a)
	case calls.ActionStepDone, calls.ActionStepAgain, calls.ActionStepLeave:
		d.decideStep(ctx, a)
	case runbooks.ActionStep:
		d.guide(ctx, a)
	default:
		d.incidentAction(ctx, a)
	}
}

// helpLine is what a person gets who calls opsbot without saying what for.
const helpLine = "ops help"

// commandLine turns "/k-scale" and "user 5" into "scale user 5". The parser knows the umbrella "/ops scale user 5" itself.
func (d *Dispatcher) commandLine(name, text string) string {
	name = strings.TrimPrefix(strings.TrimPrefix(name, "/"), d.Settings.Prefix)
	line := strings.TrimSpace(name + " " + strings.TrimSpace(text))
	if line == "ops" {
		return helpLine
	}
	return line
}

// request is the press of a button as the wish to run line.
func (a Action) request(line string) Request {
	return Request{SourceID: a.ID, Line: line, User: a.User, Channel: a.Channel, ThreadTS: threadOf(a), ResponseURL: a.ResponseURL, TriggerID: a.TriggerID, At: a.At}
}

// threadOf is the thread that the answer to a press goes into: that of the message pressed, so that a channel stays readable.
func threadOf(a Action) string {
	if a.ThreadTS != "" {
		return a.ThreadTS
	}
	if a.Ephemeral {
		return "" // an ephemeral message is no thread root
	}
	return a.MessageTS
}
