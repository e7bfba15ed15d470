package app

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"opsbot/app/configured"
	"opsbot/configs"
	"opsbot/escalation/engine"
	"opsbot/escalation/incident"
	"opsbot/escalation/paging"
	"opsbot/handlers"
	"opsbot/handlers/httpapi"
)

// pagers is everything that pages outside Slack.
type pagers struct {
	workers []*paging.Worker
	// answers is nil until opsbot has started: the server listens before that.
	answers atomic.Pointer[http.Handler]
}

func (p *pagers) wake() {
	for _, c := range p.workers {
		c.Wake()
	}
}

// answer serves the addresses at which pages are answered.
func (p *pagers) answer(w http.ResponseWriter, r *http.Request) {
	if handler := p.answers.Load(); handler != nil {
		(*handler).ServeHTTP(w, r)
		return
	}
	http.Error(w, "opsbot is starting, try again", http.StatusServiceUnavailable)
}

// makePaging makes a worker for each channel that is configured.
func (a *App) makePaging(context.Context) error {
	policy, err := configured.Policy(a.config, a.channel)
	if err != nil {
		return err
	}
	writer := paging.Writer{Texts: a.texts, Locale: a.config.Locale, Policy: policy, Links: configured.AnswerLinks(a.config)}
	for via, pager := range configured.Pagers(a.config, writer) {
		log := a.log.Named("paging")
		a.paging.workers = append(a.paging.workers, &paging.Worker{
			Via: via, Sender: pager, Ledger: a.store, Outcomes: pageOutcomes{a}, Directory: a.roster.Table, Now: time.Now, Log: log,
		})
	}
	return nil
}

// pageOutcomes is the service, which is made after the workers that it wakes.
type pageOutcomes struct{ app *App }

func (o pageOutcomes) PageOutcome(ctx context.Context, id string, state incident.PageState, detail string) error {
	return o.app.service.PageOutcome(ctx, id, state, detail)
}

// answeredIncidents are the incidents to those who answer pages: what they do is accounted for, what a carrier reports is not.
type answeredIncidents struct {
	handlers.AccountedIncidents
	service *engine.Service
}

func (i answeredIncidents) PageOutcome(ctx context.Context, id string, state incident.PageState, detail string) error {
	return i.service.PageOutcome(ctx, id, state, detail)
}

// makeAnswers opens the addresses at which pages are answered, if they can be reached from outside.
func (a *App) makeAnswers(context.Context) error {
	if a.config.Paging.PublicURL.Empty() {
		nothing := http.NotFoundHandler()
		a.paging.answers.Store(&nothing)
		return nil
	}
	answers := httpapi.Answers{
		Ledger: a.store, Incidents: answeredIncidents{a.accounted, a.service}, Directory: a.roster.Table, Links: configured.AnswerLinks(a.config), Texts: a.texts, Locale: a.config.Locale,
		Now: time.Now, Log: a.log.Named("answers"),
	}
	if a.config.Paging.Configured(configs.PageSMS) {
		answers.Twilio = configured.Twilio(a.config)
	}
	handler := answers.Handler()
	a.paging.answers.Store(&handler)
	return nil
}
