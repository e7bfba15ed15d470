package main

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"opsbot/bot/deliver"
	"opsbot/bot/directory"
	"opsbot/bot/surfaces"
	"opsbot/configs"
	"opsbot/escalation/engine"
	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/handlers"
	"opsbot/messages"
	"opsbot/store"
)

// The adapters join packages that do not know each other.

// slackPeople is directory.People as the handlers see it.
type slackPeople struct{ *directory.People }

func (p slackPeople) Profile(ctx context.Context, user string) (handlers.Profile, error) {
	person, err := p.Person(ctx, user)
	if errors.Is(err, directory.ErrNoPerson) {
		return handlers.Profile{Foreign: true}, nil
	}
	if err != nil {
		return handlers.Profile{}, err
	}
	return handlers.Profile{Email: person.Email, Name: person.Name, Locale: person.Locale, Timezone: person.Timezone, Foreign: person.Foreign()}, nil
}

// incidentSource is the escalation service with the store's reads.
type incidentSource struct {
	*engine.Service
	store *store.Store
}

func (s incidentSource) Incident(ctx context.Context, number int64) (incident.Incident, error) {
	return s.store.Incident(ctx, number)
}

func (s incidentSource) Incidents(ctx context.Context, activeOnly bool, limit int) ([]incident.Incident, error) {
	return s.store.Incidents(ctx, activeOnly, limit)
}

func (s incidentSource) WithFollowUps(ctx context.Context, limit int) ([]incident.Incident, error) {
	return s.store.WithFollowUps(ctx, limit)
}

// ByThread knows a thread by its root: the message whose key is an incident's header.
func (s incidentSource) ByThread(ctx context.Context, channel, threadTS string) (int64, bool, error) {
	key, ok, err := s.store.MessageKey(ctx, channel, threadTS)
	if err != nil || !ok {
		return 0, false, err
	}
	rest, isIncident := strings.CutPrefix(key, "incident/")
	digits, isHeader := strings.CutSuffix(rest, "/header")
	if !isIncident || !isHeader {
		return 0, false, nil
	}
	number, err := strconv.ParseInt(digits, 10, 64)
	return number, err == nil, nil
}

func (s incidentSource) HasThreads(ctx context.Context, channel string) (bool, error) {
	return s.store.HasHeaders(ctx, channel)
}

// forms opens the handlers' forms as Slack modals.
type forms struct{ *surfaces.Forms }

func (f forms) OpenForm(ctx context.Context, trigger string, r handlers.FormRequest) error {
	return f.Open(ctx, trigger, surfaces.Form{
		CallbackID: handlers.CallbackRun, Metadata: r.Operation.Name, Operation: r.Operation, Workloads: r.Workloads, Locale: r.Locale,
	})
}

// inbound sends each inbound thing where it belongs.
type inbound struct {
	*handlers.Dispatcher
	home *surfaces.Home
	log  *zap.Logger
}

func (i inbound) HomeOpened(ctx context.Context, user string) {
	if err := i.home.Publish(ctx, user); err != nil {
		i.log.Error("home tab not published", zap.String("user", user), zap.Error(err))
	}
}

// validation words the problems of a form in the language of the person.
type validation struct {
	dispatcher *handlers.Dispatcher
	texts      *messages.Catalogue
	people     *directory.People
}

func (v validation) validate(ctx context.Context, s handlers.Submission) map[string]string {
	problems := v.dispatcher.ValidateSubmission(ctx, s)
	if len(problems) == 0 {
		return nil
	}
	locale := ""
	if person, err := v.people.Person(ctx, s.User); err == nil {
		locale = person.Locale
	}
	printer := v.texts.Printer(locale, messages.Plain())
	words := make(map[string]string, len(problems))
	for input, text := range problems {
		words[input] = printer.Text(text)
	}
	return words
}

// pageOutcome tells the page ledger what became of a page's message.
func (a *app) pageOutcome(ctx context.Context, pageID string, delivered bool, cause error) error {
	state, reason := incident.PageDelivered, ""
	if !delivered {
		state = incident.PageFailed
	}
	if cause != nil {
		reason = cause.Error()
	}
	err := a.service.PageOutcome(ctx, pageID, state, reason)
	if errors.Is(err, incident.ErrNotFound) {
		return nil // nobody keeps a ledger for it any more
	}
	return err
}

// divert finds a person for a message whose channel takes none any more: a system administrator, directly.
func (a *app) divert(ctx context.Context, row deliver.Row) string {
	directory, err := a.roster.Directory(ctx)
	if err != nil {
		a.log.Error("who is on call is not known, using the contact table alone", zap.Error(err))
		directory = a.roster.Table
	}
	for _, c := range append(directory.OnCall(oncall.System, time.Now()), directory.Reachable(oncall.System)...) {
		if c.Slack != "" && c.Slack != row.Channel {
			return c.Slack
		}
	}
	return ""
}

// reachable is the contact table, in which Slack comes last while it is what fails: nobody waits for a page over it then.
type reachable struct {
	oncall.Directories
	slackLast *atomic.Bool
}

func (r reachable) Directory(ctx context.Context) (oncall.Directory, error) {
	directory, err := r.Directories.Directory(ctx)
	if err == nil && r.slackLast.Load() {
		directory = directory.WithLast(oncall.ViaSlack)
	}
	return directory, err
}

// contactsOf is the contact table as the escalation package knows it.
func contactsOf(c configs.Config) []oncall.Contact {
	var contacts []oncall.Contact
	for _, p := range c.People {
		contact := oncall.Contact{
			ID: p.Key(), Role: oncall.Role(p.Role), Name: p.Name, Phone: p.Phone, Email: p.Email, Duty: p.Duty,
			Slack: p.Slack, Locale: p.Locale,
		}
		for _, channel := range c.Paging.OrderOf(p) {
			contact.Pages = append(contact.Pages, oncall.Via(channel))
		}
		contacts = append(contacts, contact)
	}
	return contacts
}

// rotationsOf are the rotations of the contact table, likewise.
func rotationsOf(c configs.Config) []oncall.Rotation {
	var rotations []oncall.Rotation
	for _, r := range c.Rotations {
		if r.Calendar != "" {
			continue
		}
		first, days := r.Turns()
		rotations = append(rotations, oncall.Rotation{Role: oncall.Role(r.Role), People: r.People, First: first, Days: days})
	}
	return rotations
}

func reveal(secrets []configs.Secret) []string {
	plain := make([]string, len(secrets))
	for i, s := range secrets {
		plain[i] = s.Reveal()
	}
	return plain
}

// dedupe remembers Slack's event ids in the store, so that a retry after a restart is still known.
type dedupe struct{ *store.Store }

func (d dedupe) Seen(ctx context.Context, id string, now time.Time) (bool, error) {
	return d.SeenEvent(ctx, id, now)
}
