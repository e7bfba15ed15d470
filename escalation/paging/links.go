package paging

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"time"

	"opsbot/escalation/incident"
)

// What can be wrong with a token of Links.
var (
	ErrForged  = errors.New("not a token of this opsbot")
	ErrExpired = errors.New("the token has expired")
)

// tokenValid is how long a page can be answered from outside Slack.
const tokenValid = 24 * time.Hour

// Links are the addresses under which people answer pages outside Slack. The zero value has none.
type Links struct {
	// Base is where opsbot's HTTP server is reached from outside, without a slash at its end.
	Base   string
	Secret []byte
}

// Ack is the address with the acknowledge button; "" where there is none.
func (l Links) Ack(p incident.Page) string { return l.address("/ack/", p) }

// Voice is where Twilio reports the key that was pressed.
func (l Links) Voice(p incident.Page) string { return l.address("/paging/twilio/voice/", p) }

// Status is where Twilio reports that an SMS could not be delivered, or that nobody picked up.
func (l Links) Status(p incident.Page) string { return l.address("/paging/twilio/status/", p) }

func (l Links) address(path string, p incident.Page) string {
	if l.Base == "" {
		return ""
	}
	return l.Base + path + l.token(p)
}

// token is the same whenever it is made for a page, so that a page that is sent twice is the same page.
func (l Links) token(p incident.Page) string {
	payload := p.ID + "@" + strconv.FormatInt(p.IntendedAt.Add(tokenValid).Unix(), 10)
	return encode([]byte(payload)) + "." + encode(l.sign(payload))
}

// Open returns the id of the page that a token answers; ErrForged or ErrExpired otherwise.
func (l Links) Open(token string, now time.Time) (pageID string, err error) {
	left, right, _ := strings.Cut(token, ".")
	payload, badPayload := base64.RawURLEncoding.Strict().DecodeString(left)
	mac, badMAC := base64.RawURLEncoding.Strict().DecodeString(right)
	if badPayload != nil || badMAC != nil || l.Base == "" || !hmac.Equal(mac, l.sign(string(payload))) {
		return "", ErrForged
	}
	id, digits, _ := strings.Cut(string(payload), "@")
	expires, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return "", ErrForged
	}
	if now.Unix() >= expires {
		return "", ErrExpired
	}
	return id, nil
}

func (l Links) sign(payload string) []byte {
	h := hmac.New(sha256.New, l.Secret)
	h.Write([]byte("opsbot ack " + payload))
	return h.Sum(nil)
}

func encode(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }
