package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"go.uber.org/zap"

	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/escalation/paging"
	"opsbot/messages"
)

// PageLedger is the page ledger as people's answers need it.
type PageLedger interface {
	// Pages is the ledger of an incident.
	Pages(ctx context.Context, incident int64) ([]incident.Page, error)
	// PagesTo lists the pages to an address, the newest first.
	PagesTo(ctx context.Context, address string, limit int) ([]incident.Page, error)
	Incident(ctx context.Context, number int64) (incident.Incident, error)
}

// Answers takes acknowledgements from outside Slack: the link of an e-mail, the reply to an SMS, the key pressed in a call.
type Answers struct {
	Ledger    PageLedger
	Incidents interface {
		Act(ctx context.Context, number int64, a escalation.Action) (incident.Incident, error)
		PageOutcome(ctx context.Context, pageID string, state incident.PageState, detail string) error
	}
	Directory oncall.Directory
	Links     paging.Links
	// Twilio checks who calls back; nil where there is no account.
	Twilio TwilioAccount
	Texts  *messages.Catalogue
	// Locale is the language of whoever has none of their own.
	Locale string
	Now    func() time.Time
	Log    *zap.Logger
}

// TwilioAccount tells its own requests from others.
type TwilioAccount interface {
	Genuine(url string, form url.Values, signature string) bool
}

// Handler serves GET and POST /ack/{token} and Twilio's callbacks.
func (a *Answers) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /ack/{token}", a.showPage)
	mux.HandleFunc("POST /ack/{token}", a.ackByLink)
	if a.Twilio != nil {
		mux.HandleFunc("POST /paging/twilio/sms", a.ackBySMS)
		mux.HandleFunc("POST /paging/twilio/voice/{token}", a.ackByKey)
		mux.HandleFunc("POST /paging/twilio/status/{token}", a.takeStatus)
	}
	return mux
}

// page is a page with all that is known of it.
type page struct {
	incident.Page
	incident incident.Incident
	contact  oncall.Contact
}

var errNoPage = errors.New("no such page")

func (a *Answers) open(ctx context.Context, token string) (page, error) {
	id, err := a.Links.Open(token, a.Now())
	if err != nil {
		return page{}, err
	}
	number, err := incident.PageIncident(id)
	if err != nil {
		return page{}, paging.ErrForged
	}
	pages, err := a.Ledger.Pages(ctx, number)
	if err != nil {
		return page{}, fmt.Errorf("read page %s: %w", id, err)
	}
	for _, p := range pages {
		if p.ID == id {
			return a.complete(ctx, p)
		}
	}
	return page{}, errNoPage
}

func (a *Answers) complete(ctx context.Context, p incident.Page) (page, error) {
	inc, err := a.Ledger.Incident(ctx, p.Incident)
	if err != nil {
		return page{}, fmt.Errorf("read incident of page %s: %w", p.ID, err)
	}
	contact, ok := a.Directory.ByID(p.Contact)
	if !ok {
		return page{}, errNoPage // who left the contact table answers no more
	}
	return page{p, inc, contact}, nil
}

// ack acknowledges as the person who was paged.
func (a *Answers) ack(ctx context.Context, p page) error {
	_, err := a.Incidents.Act(ctx, p.Incident, escalation.Action{Kind: escalation.Ack, Actor: p.actor(), Page: p.ID})
	if err == nil {
		a.Log.Info("page answered", zap.String("page", p.ID), zap.String("via", string(p.Via)), zap.String("contact", p.Contact))
	}
	return err
}

func (p page) actor() string {
	if p.contact.Slack != "" {
		return p.contact.Slack
	}
	return p.contact.ID
}

// isOpen reports whether the page still waits for an answer: for anybody's, or as a reminder for the owner's.
func (p page) isOpen() bool {
	switch {
	case !p.AnsweredAt.IsZero() || p.incident.Status == incident.Resolved:
		return false
	case p.incident.Owner == "":
		return true
	default:
		isTheirs := p.incident.Owner == p.actor() || p.incident.HandoffTo == p.actor()
		return isTheirs && p.State != incident.PageAcked && p.State != incident.PageCancelled
	}
}

// reply is what a person is told.
func (a *Answers) reply(p page, err error) messages.Text {
	label := incident.Label(p.incident.Number)
	refusal, isRefused := errors.AsType[*escalation.Refusal](err)
	switch {
	case err == nil:
		return messages.New("answer.acked", "incident", label)
	case isRefused:
		return refusal.Message
	case errors.Is(err, paging.ErrExpired):
		return messages.New("answer.expired")
	case errors.Is(err, paging.ErrForged), errors.Is(err, errNoPage), errors.Is(err, incident.ErrNotFound):
		return messages.New("answer.unknown")
	default:
		return messages.New("answer.failed")
	}
}

// statusOf is the reply's HTTP status.
func statusOf(err error) int {
	_, isRefused := errors.AsType[*escalation.Refusal](err)
	switch {
	case err == nil:
		return http.StatusOK
	case isRefused:
		return http.StatusConflict
	case errors.Is(err, paging.ErrExpired):
		return http.StatusGone
	case errors.Is(err, paging.ErrForged), errors.Is(err, errNoPage), errors.Is(err, incident.ErrNotFound):
		return http.StatusNotFound
	default:
		return http.StatusServiceUnavailable
	}
}

// words prints in the language of whoever was paged, or where nobody is known in that of the browser.
func (a *Answers) words(p page, accepts string) *messages.Printer {
	format := a.Directory.Named(messages.Plain())
	if p.contact.ID == "" {
		return a.Texts.Printer(a.Texts.Match(accepts, a.Locale), format)
	}
	return a.Texts.Printer(a.Texts.Match(p.contact.Locale, a.Locale), format)
}
