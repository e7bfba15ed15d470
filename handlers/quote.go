package handlers

import (
	"context"
	"slices"
	"strconv"

	"go.uber.org/zap"

	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/handlers/calls"
	"opsbot/k8sops"
	"opsbot/messages"
)

// QuoteEmoji is the reaction that puts a message of an incident's thread on the timeline: 📌.
const QuoteEmoji = "pushpin"

// ShortcutTimeline is the message shortcut that does the same (its callback_id).
const ShortcutTimeline = "add_to_timeline"

// MessageReader reads messages.
type MessageReader interface {
	// Message returns a message with those who put QuoteEmoji on it.
	Message(ctx context.Context, channel, ts string) (SlackMessage, error)
}

// Reaction takes in that a 📌 was put on a message, or taken off it. Which of the two does not matter: what counts is what
// the message shows now, since Slack's events come twice and in any order. Slack tells of pins in all channels that opsbot
// can see, and not in which thread: those where incidents have none cost no request.
func (d *Dispatcher) Reaction(ctx context.Context, r Reaction) {
	ctx, cancel := context.WithTimeout(ctx, decisionLimit)
	defer cancel()
	here, err := d.Incidents.HasThreads(ctx, r.Channel)
	if err != nil {
		d.Log.Error("find out whether a pin is in an incident's thread", zap.String("channel", r.Channel), zap.Error(err))
		return
	}
	if !here {
		return
	}
	leave, err := d.Quota.Enter(r.User, d.Now())
	if err == nil {
		defer leave()
		err = d.syncQuote(ctx, r)
	}
	if err != nil {
		req := Request{SourceID: r.ID, User: r.User, Channel: r.Channel, At: r.At}
		d.refuseQuote(ctx, req, IncidentError(err))
	}
}

func (d *Dispatcher) syncQuote(ctx context.Context, r Reaction) error {
	unlock, err := d.quoteLocks.Lock(ctx, r.Channel+"/"+r.TS)
	if err != nil {
		return d.unreadError(ctx, r, unreadable(err))
	}
	defer unlock()
	message, err := d.readMessage(ctx, r.Channel, r.TS)
	if err != nil {
		return d.unreadError(ctx, r, err)
	}
	inc, ok, err := d.Incidents.ByThread(ctx, r.Channel, message.ThreadTS)
	if err != nil || !ok || message.TS == message.ThreadTS { // the root is the incident itself
		return err
	}
	by, refusal := d.firstMapped(ctx, message.PinnedBy)
	switch {
	case by != "":
		return d.quote(ctx, inc.Number, by, message)
	case slices.Contains(message.PinnedBy, r.User):
		return refusal
	}
	return d.withdrawQuote(ctx, inc.Number, r.User, message)
}

// unreadError is what to tell of a message that could not be read. It may be in nobody's thread: people who have no business with
// opsbot hear nothing of it.
func (d *Dispatcher) unreadError(ctx context.Context, r Reaction, cause error) error {
	if _, err := d.Identities.Identify(ctx, r.User); err != nil {
		d.Log.Warn("a pin was not looked at", zap.String("channel", r.Channel), zap.String("message", r.TS), zap.Error(cause))
		return nil
	}
	return cause
}

// withdrawQuote takes a message off the timeline, unless it is a stranger's pin that is gone: that put nothing there.
func (d *Dispatcher) withdrawQuote(ctx context.Context, number int64, user string, message SlackMessage) error {
	_, err := d.Identities.Identify(ctx, user)
	if k8sops.CodeOf(err) == k8sops.CodeForbidden {
		return nil
	}
	if err == nil {
		_, err = d.Incidents.Act(ctx, number, escalation.Action{Kind: escalation.WithdrawQuote, Actor: user, Quote: quoteOf(message)})
	}
	return err
}

// firstMapped is the first of those people who may use opsbot, "" and why not where none may.
func (d *Dispatcher) firstMapped(ctx context.Context, users []string) (user string, refusal error) {
	for _, user := range users {
		if _, refusal = d.Identities.Identify(ctx, user); refusal == nil {
			return user, nil
		}
	}
	return "", refusal
}

// Shortcut takes in that somebody chose one of opsbot's entries in the menu of a message.
func (d *Dispatcher) Shortcut(ctx context.Context, s Shortcut) {
	ctx, cancel := context.WithTimeout(ctx, decisionLimit)
	defer cancel()
	req := Request{SourceID: s.ID, User: s.User, Channel: s.Channel, ThreadTS: s.ThreadTS, ResponseURL: s.ResponseURL, At: s.At}
	var number int64
	leave, err := d.Quota.Enter(s.User, d.Now())
	if err == nil {
		defer leave()
		number, err = d.addToTimeline(ctx, s)
	}
	if err != nil {
		d.refuseQuote(ctx, req, IncidentError(err))
		return
	}
	card := messages.Card{Tone: messages.ToneGood, Title: messages.New("incident.quote.done", "incident", incident.Label(number))}
	d.put(ctx, d.private("quote/"+s.ID, req, d.LocaleOf(ctx, s.User), card))
}

func (d *Dispatcher) addToTimeline(ctx context.Context, s Shortcut) (number int64, err error) {
	if s.Name != ShortcutTimeline {
		return 0, unknownPress()
	}
	if _, err := d.Identities.Identify(ctx, s.User); err != nil {
		return 0, err
	}
	number, err = strconv.ParseInt(d.placeOf(ctx, s.User, s.Channel, s.ThreadTS).incident, 10, 64)
	if err != nil {
		return 0, &k8sops.Error{Code: k8sops.CodeInvalid, Message: messages.New("incident.quote.nowhere"), Suggest: []string{"incident list"}}
	}
	message, err := d.readMessage(ctx, s.Channel, s.TS)
	if err != nil {
		return 0, err
	}
	return number, d.quote(ctx, number, s.User, message)
}

func (d *Dispatcher) readMessage(ctx context.Context, channel, ts string) (SlackMessage, error) {
	message, err := d.Messages.Message(ctx, channel, ts)
	if err != nil {
		return SlackMessage{}, unreadable(err)
	}
	return message, nil
}

func unreadable(cause error) error {
	return &k8sops.Error{
		Code: k8sops.CodeUnavailable, Message: messages.New("incident.quote.failed"), Hint: messages.New("incident.quote.failed_hint"), Cause: cause,
	}
}

func (d *Dispatcher) quote(ctx context.Context, number int64, user string, message SlackMessage) error {
	if message.Author == "" || message.Text == "" {
		return &k8sops.Error{Code: k8sops.CodeInvalid, Message: messages.New("incident.quote.empty")}
	}
	_, err := d.Incidents.Act(ctx, number, escalation.Action{Kind: escalation.QuoteMessage, Actor: user, Quote: quoteOf(message)})
	return err
}

func quoteOf(message SlackMessage) escalation.Quote {
	return escalation.Quote{Message: message.Channel + "/" + message.TS, Author: message.Author, At: message.At, Text: message.Text}
}

// refuseQuote tells the person alone.
func (d *Dispatcher) refuseQuote(ctx context.Context, req Request, cause error) {
	r := d.noCall(req.source(""))
	logCause(d.Log.With(zap.String("user", req.User), zap.String("channel", req.Channel), zap.String("call", r.ID)), cause)
	d.auditPress(ctx, Action{Name: "quote", User: req.User}, r, cause)
	if d.Quota.MayAnswer(req.User, d.Now()) {
		d.put(ctx, d.private("quote/"+req.SourceID, req, d.LocaleOf(ctx, req.User), calls.ErrorCard(r, cause)))
	}
}
