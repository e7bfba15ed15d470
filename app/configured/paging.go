package configured

import (
	"net/http"
	"time"

	"opsbot/configs"
	"opsbot/escalation/oncall"
	"opsbot/escalation/paging"
)

// Pagers are the channels beside Slack that are configured.
func Pagers(c configs.Config, writer paging.Writer) map[oncall.Via]paging.Sender {
	p, all := c.Paging, map[oncall.Via]paging.Sender{}
	if p.Configured(configs.PageEmail) {
		all[oncall.ViaEmail] = Email(p.Email, writer)
	}
	if p.Configured(configs.PageSMS) {
		all[oncall.ViaSMS] = &paging.SMS{Twilio: Twilio(c), Writer: writer}
		all[oncall.ViaVoice] = &paging.Voice{Twilio: Twilio(c), Writer: writer}
	}
	if p.Configured(configs.PageWebhook) {
		all[oncall.ViaWebhook] = &paging.Webhook{
			URL: p.Webhook.URL.Reveal(), Secret: []byte(p.Webhook.Secret.Reveal()), HTTP: &http.Client{}, Writer: writer, Now: time.Now,
		}
	}
	return all
}

// Email sends pages through the configured mail server.
func Email(e configs.PagingEmail, writer paging.Writer) *paging.Email {
	return &paging.Email{
		Server: e.Server, Mode: paging.TLSMode(e.TLS), Username: e.Username, Password: e.Password.Reveal(), From: e.From, Writer: writer,
	}
}

// Twilio is the configured account.
func Twilio(c configs.Config) *paging.Twilio {
	t := c.Paging.Twilio
	return &paging.Twilio{
		AccountSID: t.AccountSID, AuthToken: t.AuthToken.Reveal(), From: t.From, BaseURL: t.APIURL.Reveal(), HTTP: http.DefaultTransport,
	}
}

// AnswerLinks make the links in pages by which they are answered.
func AnswerLinks(c configs.Config) paging.Links {
	return paging.Links{Base: c.Paging.PublicURL.Reveal(), Secret: []byte(c.Paging.Secret.Reveal())}
}
