package paging

import (
	"context"
	"strings"

	api "github.com/twilio/twilio-go/rest/api/v2010"
)

// found is how many of the newest messages or calls to a number Find looks through.
const found = 50

// SMS sends pages as text messages. They are answered with "1".
type SMS struct {
	Twilio *Twilio
	Writer Writer
}

// Send implements Sender. The receipt is the message's SID: Twilio has it, the telephone may be off.
func (s *SMS) Send(ctx context.Context, n Notice) (string, error) {
	service, err := s.Twilio.api(ctx)
	if err != nil {
		return "", &Failure{Cause: err}
	}
	params := (&api.CreateMessageParams{}).SetTo(n.Page.Address).SetFrom(s.Twilio.From).SetBody(s.Writer.short(n))
	if status := s.Writer.Links.Status(n.Page); status != "" {
		params.SetStatusCallback(status)
	}
	sent, err := service.CreateMessage(params)
	if err != nil {
		return "", twilioFailure("SMS to "+n.Page.Address, err)
	}
	return value(sent.Sid), nil
}

// Find implements Finder: the text ends with the page's mark.
func (s *SMS) Find(ctx context.Context, n Notice) (string, bool, error) {
	service, err := s.Twilio.api(ctx)
	if err != nil {
		return "", false, err
	}
	list, err := service.ListMessage((&api.ListMessageParams{}).SetTo(n.Page.Address).SetFrom(s.Twilio.From).SetLimit(found))
	if err != nil {
		return "", false, twilioFailure("list SMS to "+n.Page.Address, err)
	}
	for _, m := range list {
		if strings.Contains(value(m.Body), mark(n.Page)) && sentAfter(m.DateCreated, n.Page.AttemptedAt) {
			return value(m.Sid), true, nil
		}
	}
	return "", false, nil
}
