package configs

import (
	"fmt"
	"net"
	"net/mail"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The channels over which people are paged.
const (
	PageSlack   = "slack"
	PageEmail   = "email"
	PageSMS     = "sms"
	PageVoice   = "voice"
	PageWebhook = "webhook"
)

// minPagingSecret is 128 bits as hexadecimal digits.
const minPagingSecret = 32

var (
	twilioAccount = regexp.MustCompile(`^AC[0-9a-fA-F]{32}$`)
	twilioToken   = regexp.MustCompile(`^[0-9A-Za-z]+$`)
	international = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
)

func channels() []string { return []string{PageSlack, PageEmail, PageSMS, PageVoice, PageWebhook} }

// Configured reports whether pages can be sent over a channel.
func (p Paging) Configured(channel string) bool {
	switch channel {
	case PageSlack:
		return true
	case PageEmail:
		return p.Email.Server != ""
	case PageSMS, PageVoice:
		return p.Twilio.AccountSID != ""
	case PageWebhook:
		return !p.Webhook.URL.Empty()
	default:
		return false
	}
}

// OrderOf is the order of the channels on which a person is paged, without those that are not configured.
func (p Paging) OrderOf(c Contact) []string {
	order := c.Pages
	if len(order) == 0 {
		order = p.Order
	}
	return slices.DeleteFunc(slices.Clone(order), func(channel string) bool { return !p.Configured(channel) })
}

func (p Paging) validate(ps *Problems) {
	for i, channel := range p.Order {
		validateChannel(ps, fmt.Sprintf("paging.order[%d]", i), channel, p.Order[:i])
	}
	if len(p.OrderOf(Contact{})) == 0 {
		ps.Add("paging.order", "has no channel that is configured", "add slack, or configure one of the others")
	}
	checkScheme(ps, "paging.public_url", p.PublicURL, "https", "http")
	if p.PublicURL.Scheme() == "http" && !p.PublicURL.Loopback() {
		ps.Add("paging.public_url", "is http: whoever sees an acknowledge link on its way can use it", "write https://; http is for loopback addresses alone")
	}
	if strings.HasSuffix(p.PublicURL.Reveal(), "/") {
		ps.Add("paging.public_url", "ends in a slash", "paths are appended to it: remove the slash")
	}
	if !p.PublicURL.Empty() {
		checkPagingSecret(ps, "paging.secret", p.Secret)
	}
	p.Email.validate(ps)
	p.Twilio.validate(ps)
	checkScheme(ps, "paging.webhook.url", p.Webhook.URL.URL, "https", "http")
	if !p.Webhook.URL.Empty() {
		checkPagingSecret(ps, "paging.webhook.secret", p.Webhook.Secret)
	}
}

func (e PagingEmail) validate(ps *Problems) {
	checkOneOf(ps, "paging.email.tls", e.TLS, []string{"starttls", "tls", "none"})
	if e.Server == "" {
		return
	}
	const fix = "write host:port, such as smtp.company.com:587"
	host, port, err := net.SplitHostPort(e.Server)
	if err != nil || host == "" {
		ps.Add("paging.email.server", fmt.Sprintf("%q is not a valid address", e.Server), fix)
	} else if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		ps.Add("paging.email.server", fmt.Sprintf("%q is not a valid port", port), fix)
	}
	if _, err := mail.ParseAddress(e.From); err != nil {
		ps.Add("paging.email.from", fmt.Sprintf("%q is not a sender address", e.From), "write opsbot@company.com or opsbot <opsbot@company.com>")
	}
	if e.Username != "" && e.Password.Empty() {
		ps.Add("paging.email.password", "is missing", "give the password that belongs to paging.email.username")
	}
	if e.Username != "" && e.TLS == "none" {
		ps.Add("paging.email.tls", "is none, which would send the password in the clear", "use starttls or tls")
	}
}

func (t PagingTwilio) validate(ps *Problems) {
	checkScheme(ps, "paging.twilio.api_url", t.APIURL, "https", "http")
	if t.APIURL.Empty() {
		ps.Add("paging.twilio.api_url", "is missing", "leave the key out for https://api.twilio.com")
	}
	if t.AccountSID == "" {
		return
	}
	if !twilioAccount.MatchString(t.AccountSID) {
		ps.Add("paging.twilio.account_sid", fmt.Sprintf("%q is not an account SID", t.AccountSID), "copy it from Twilio's console: AC and 32 hexadecimal digits")
	}
	if !twilioToken.MatchString(t.AuthToken.Reveal()) {
		ps.Add("paging.twilio.auth_token", "is missing or contains characters other than letters and digits", "copy it from Twilio's console")
	}
	if !isInternationalNumber(t.From) {
		ps.Add("paging.twilio.from", fmt.Sprintf("%q is not a phone number in international form", t.From), "write it as '+15005550006'")
	}
}

// validatePages refuses a person's channel that is not configured: the table would promise a call that never comes.
func (c *Config) validatePages(ps *Problems) {
	for i, person := range c.People {
		for j, channel := range person.Pages {
			if slices.Contains(channels(), channel) && !c.Paging.Configured(channel) {
				ps.Add(fmt.Sprintf("contacts[%d].pages[%d]", i, j), channel+" is not configured", "fill in its keys below paging, or remove it")
			}
		}
	}
}

func validateChannel(ps *Problems, path, channel string, before []string) {
	switch {
	case !slices.Contains(channels(), channel):
		ps.Add(path, fmt.Sprintf("unknown channel %q", channel), "use "+orList(channels()))
	case slices.Contains(before, channel):
		ps.Add(path, channel+" appears twice", "remove one")
	}
}

func checkPagingSecret(ps *Problems, path string, secret Secret) {
	const fix = "use a random text of at least 32 characters (openssl rand -hex 32)"
	switch n := len(secret.Reveal()); {
	case n == 0:
		ps.Add(path, "is missing", fix)
	case n < minPagingSecret:
		ps.Add(path, fmt.Sprintf("has %d characters, which is too easy to guess", n), fix)
	}
}

// isInternationalNumber also takes the spaces and brackets that people write.
func isInternationalNumber(phone string) bool {
	return international.MatchString(strings.NewReplacer(" ", "", "-", "", "(", "", ")", "").Replace(phone))
}
