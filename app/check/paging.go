package check

import (
	"context"
	"slices"
	"time"

	"opsbot/app/configured"
	"opsbot/configs"
	"opsbot/escalation/oncall"
	"opsbot/escalation/paging"
	"opsbot/messages"
)

// pagingCheckLimit bounds one try: a server that does not answer is a finding, not a reason to wait.
const pagingCheckLimit = 10 * time.Second

// paging logs in to the mail server and to Twilio, sends nothing, and reports people whom a channel cannot reach.
func (k *checker) paging(ctx context.Context, c configs.Config) {
	p := c.Paging
	if p.Configured(configs.PageEmail) {
		k.pager(ctx, oncall.ViaEmail, p.Email.Server, configured.Email(p.Email, paging.Writer{}).Check)
	}
	if p.Configured(configs.PageSMS) {
		k.pager(ctx, oncall.ViaSMS, p.Twilio.AccountSID, configured.Twilio(c).Check)
	}
	if p.Configured(configs.PageWebhook) {
		k.advice(messages.New("check.webhook", "url", p.Webhook.URL))
	}
	hasChannel := p.Configured(configs.PageEmail) || p.Configured(configs.PageSMS) || p.Configured(configs.PageWebhook)
	if hasChannel && p.PublicURL.Empty() {
		k.advice(messages.New("check.no_public_url"))
	}
	k.addresses(c)
	k.besidesSlack(c)
}

// besidesSlack warns when a failure of Slack itself would reach nobody.
func (k *checker) besidesSlack(c configs.Config) {
	for _, contact := range configured.Contacts(c) {
		isOther := func(via oncall.Via) bool { return via != oncall.ViaSlack }
		if contact.Role == oncall.System && slices.ContainsFunc(contact.Channels(), isOther) {
			return
		}
	}
	k.advice(messages.New("check.slack_only"))
}

func (k *checker) pager(ctx context.Context, via oncall.Via, account string, try func(context.Context) error) {
	ctx, cancel := context.WithTimeout(ctx, pagingCheckLimit)
	defer cancel()
	if err := try(ctx); err != nil {
		k.problem(messages.New("check.pager_problem", "via", via.Text(), "account", account, "cause", err))
		return
	}
	k.good(messages.New("check.pager", "via", via.Text(), "account", account))
}

// addresses reports channels that the table gives to a person, or a number that it has, without a way to use them.
func (k *checker) addresses(c configs.Config) {
	for _, person := range c.People {
		contact := oncall.Contact{ID: person.Name, Email: person.Email, Phone: person.Phone}
		for _, channel := range person.Pages {
			if channel != configs.PageSlack && contact.Address(oncall.Via(channel)) == "" {
				k.problem(messages.New("check.address", "name", person.Name, "via", oncall.Via(channel).Text()))
			}
		}
	}
}
