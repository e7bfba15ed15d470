package httpapi

import (
	"context"
	"net/http"
	"regexp"

	"github.com/twilio/twilio-go/twiml"
	"go.uber.org/zap"

	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/escalation/paging"
	"opsbot/messages"
)

// maxCallbackBytes bounds one callback; Twilio's are about 1 KB.
const maxCallbackBytes = 64 << 10

// smsAnswer is "1" or "ack", with the incident's number where there are several: "1 INC-12", "ack 12".
var smsAnswer = regexp.MustCompile(`(?i)^\s*(?:1|ack|ok|确认|收到)(?:[\s:：]+(?:INC-)?([0-9]{1,12}))?\s*[.!。！]?\s*$`)

// recentPages is how many pages to a number are looked through for the one that is answered.
const recentPages = 50

// genuine reads a callback and makes sure that it comes from Twilio: anybody can claim to call from a number.
func (a *Answers) genuine(w http.ResponseWriter, r *http.Request) bool {
	r.Body = http.MaxBytesReader(w, r.Body, maxCallbackBytes)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "not a form", http.StatusBadRequest)
		return false
	}
	if !a.Twilio.Genuine(a.Links.Base+r.URL.RequestURI(), r.PostForm, r.Header.Get("X-Twilio-Signature")) {
		// Not the path, which may hold the key to a page.
		a.Log.Warn("callback without Twilio's signature refused", zap.String("path", r.Pattern), zap.String("remote", r.RemoteAddr))
		http.Error(w, "signature missing or wrong: it is made with the account's auth token over paging.public_url, the path and the form", http.StatusForbidden)
		return false
	}
	return true
}

func (a *Answers) ackBySMS(w http.ResponseWriter, r *http.Request) {
	if !a.genuine(w, r) {
		return
	}
	p, text := a.answerSMS(r.Context(), r.PostForm.Get("From"), r.PostForm.Get("Body"))
	words := a.words(p, "")
	a.writeTwiML(w, func() (string, error) {
		return twiml.Messages([]twiml.Element{&twiml.MessagingMessage{Body: words.Text(text)}})
	})
}

// answerSMS finds the page that an SMS answers, acknowledges, and says what to reply.
func (a *Answers) answerSMS(ctx context.Context, from, body string) (page, messages.Text) {
	open, err := a.openPagesTo(ctx, from)
	if err != nil {
		a.Log.Error("find the page that an SMS answers", zap.Error(err))
		return page{}, messages.New("answer.failed")
	}
	var p page
	if len(open) > 0 {
		p = open[0] // for the language
	}
	match := smsAnswer.FindStringSubmatch(body)
	switch {
	case match == nil:
		return p, messages.New("answer.sms_help")
	case len(open) == 0:
		return p, messages.New("answer.sms_nothing")
	case match[1] == "" && len(open) > 1:
		return p, messages.New("answer.sms_which", "incidents", labels(open), "example", open[0].incident.Number)
	case match[1] != "":
		number, err := incident.ParseNumber(match[1])
		if err != nil {
			return p, messages.New("answer.sms_help")
		}
		for _, candidate := range open {
			if candidate.incident.Number == number {
				return candidate, a.reply(candidate, a.ack(ctx, candidate))
			}
		}
		return p, messages.New("answer.sms_other", "incident", incident.Label(number))
	default:
		return p, a.reply(p, a.ack(ctx, p))
	}
}

// openPagesTo are the pages to a number that nobody has answered, one of each incident, the newest first.
func (a *Answers) openPagesTo(ctx context.Context, number string) ([]page, error) {
	recent, err := a.Ledger.PagesTo(ctx, number, recentPages)
	if err != nil {
		return nil, err
	}
	var open []page
	seen := map[int64]bool{}
	for _, p := range recent {
		if seen[p.Incident] || (p.Via != oncall.ViaSMS && p.Via != oncall.ViaVoice) {
			continue
		}
		complete, err := a.complete(ctx, p)
		if err != nil {
			continue // of somebody who left the contact table
		}
		if complete.isOpen() {
			seen[p.Incident] = true
			open = append(open, complete)
		}
	}
	return open, nil
}

func labels(pages []page) string {
	text := ""
	for i, p := range pages {
		if i > 0 {
			text += ", "
		}
		text += incident.Label(p.incident.Number)
	}
	return text
}

// ackByKey is the key pressed during a call.
func (a *Answers) ackByKey(w http.ResponseWriter, r *http.Request) {
	if !a.genuine(w, r) {
		return
	}
	p, err := a.open(r.Context(), r.PathValue("token"))
	words := a.words(p, "")
	text := messages.New("answer.other_key")
	if err != nil || r.PostForm.Get("Digits") == paging.AckKey {
		if err == nil {
			err = a.ack(r.Context(), p)
		}
		text = a.reply(p, err)
	}
	a.writeTwiML(w, func() (string, error) {
		return twiml.Voice([]twiml.Element{&twiml.VoiceSay{Message: words.Text(text), Language: paging.Language(words.Locale())}, &twiml.VoiceHangup{}})
	})
}

func (a *Answers) writeTwiML(w http.ResponseWriter, compose func() (string, error)) {
	script, err := compose()
	if err != nil {
		a.Log.Error("answer to Twilio", zap.Error(err))
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	_, _ = w.Write([]byte(script)) // Twilio has hung up: nobody to tell
}
