package paging

import (
	"context"
	"fmt"

	api "github.com/twilio/twilio-go/rest/api/v2010"
	"github.com/twilio/twilio-go/twiml"

	"opsbot/messages"
)

// AckKey is the key that acknowledges during a call.
const AckKey = "1"

// Voice calls people, reads the page to them, twice, and takes the key that acknowledges.
type Voice struct {
	Twilio *Twilio
	Writer Writer
}

// Send implements Sender. The receipt is the call's SID.
func (v *Voice) Send(ctx context.Context, n Notice) (string, error) {
	script, err := v.script(n)
	if err != nil {
		return "", &Failure{Cause: err}
	}
	service, err := v.Twilio.api(ctx)
	if err != nil {
		return "", &Failure{Cause: err}
	}
	params := (&api.CreateCallParams{}).SetTo(n.Page.Address).SetFrom(v.Twilio.From).SetTwiml(script)
	if status := v.Writer.Links.Status(n.Page); status != "" {
		params.SetStatusCallback(status)
	}
	call, err := service.CreateCall(params)
	if err != nil {
		return "", twilioFailure("call to "+n.Page.Address, err)
	}
	return value(call.Sid), nil
}

// Find implements Finder. Twilio's list of calls does not contain the text, so any call to the number since the first attempt
// counts as this page.
func (v *Voice) Find(ctx context.Context, n Notice) (string, bool, error) {
	service, err := v.Twilio.api(ctx)
	if err != nil {
		return "", false, err
	}
	list, err := service.ListCall((&api.ListCallParams{}).SetTo(n.Page.Address).SetFrom(v.Twilio.From).SetLimit(found))
	if err != nil {
		return "", false, twilioFailure("list calls to "+n.Page.Address, err)
	}
	for _, call := range list {
		if sentAfter(call.DateCreated, n.Page.AttemptedAt) {
			return value(call.Sid), true, nil
		}
	}
	return "", false, nil
}

func (v *Voice) script(n Notice) (string, error) {
	language := Language(v.Writer.locale(n.Contact))
	say := func(text string) twiml.Element { return &twiml.VoiceSay{Message: text, Language: language} }
	spoken := v.Writer.spoken(n)
	elements := []twiml.Element{say(spoken), &twiml.VoicePause{Length: "1"}, say(spoken)}
	if action := v.Writer.Links.Voice(n.Page); action != "" {
		press := say(v.Writer.pressKey(n))
		gather := func(inner ...twiml.Element) twiml.Element {
			return &twiml.VoiceGather{Action: action, Method: "POST", NumDigits: "1", Timeout: "8", InnerElements: inner}
		}
		elements = []twiml.Element{gather(say(spoken), press, &twiml.VoicePause{Length: "1"}, say(spoken), press)}
	}
	script, err := twiml.Voice(elements)
	if err != nil {
		return "", fmt.Errorf("write the call's script: %w", err)
	}
	return script, nil
}

// Language is a locale as Twilio's voices know it.
func Language(locale string) string {
	if locale == messages.Chinese {
		return "zh-CN"
	}
	return "en-US"
}
