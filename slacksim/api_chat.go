package slacksim

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

func chatMethods() []method {
	write := []string{"chat:write"}
	return []method{
		{name: "chat.postMessage", tier: tierSpecial, scopes: write, run: chatPostMessage},
		{name: "chat.postEphemeral", tier: tier4, scopes: write, run: chatPostEphemeral},
		{name: "chat.update", tier: tier3, scopes: write, run: chatUpdate},
		{name: "chat.delete", tier: tier3, scopes: write, run: chatDelete},
		{name: "chat.getPermalink", tier: tierSpecial, run: chatGetPermalink},
		{name: "chat.scheduleMessage", tier: tier3, scopes: write, run: chatScheduleMessage},
		{name: "chat.deleteScheduledMessage", tier: tier3, scopes: write, run: chatDeleteScheduled},
		{name: "chat.scheduledMessages.list", tier: tier3, run: chatScheduledList},
	}
}

func chatPostMessage(w *API, c *call) (obj, error) {
	ch, err := w.postTarget(c)
	if err != nil {
		return nil, err
	}
	d, err := w.checkedDraft(c)
	if err != nil {
		return nil, err
	}
	if err := w.checkReply(ch, d.threadTS); err != nil {
		return nil, err
	}
	if err := w.limitPost(c.method.name, ch); err != nil {
		return nil, err
	}
	m := w.postDraft(c.method.name, ch, d)
	c.ts = m.TS
	return obj{"channel": ch.id, "ts": m.TS, "message": w.messageAPI(m, true)}, nil
}

// checkedDraft reads and validates what the call wants posted.
func (w *API) checkedDraft(c *call) (draft, error) {
	d := c.draft()
	if d.username != "" && !w.manifest.hasScope("chat:write.customize") {
		return d, missingScope([]string{"chat:write.customize"})
	}
	if err := d.useMarkdown(c.str("markdown_text")); err != nil {
		return d, err
	}
	warnings, err := w.check(c.method.name, &d)
	for _, warning := range warnings {
		c.warn(warning)
	}
	return d, err
}

// postTarget resolves the channel of a post: a user id opens the DM (SF-6.9),
// a public channel may be posted to from outside with chat:write.public
// (SF-6.8).
func (w *API) postTarget(c *call) (*channel, error) {
	target := c.str("channel")
	if u := w.people.byID[target]; u != nil {
		return w.dmTarget(u)
	}
	ch, err := c.channel("channel")
	switch {
	case err != nil:
		return nil, err
	case ch.archived:
		return nil, refuse("is_archived")
	case !ch.has(w.app.botUser) && !w.manifest.hasScope("chat:write.public"):
		return nil, refuse("not_in_channel")
	case ch.isIM():
		return w.dmTarget(w.people.byID[ch.other(w.app.botUser)])
	}
	return ch, nil
}

func (w *API) dmTarget(u *person) (*channel, error) {
	if tab := w.manifest.Features.AppHome.MessagesTabEnabled; tab != nil && !*tab {
		return nil, refuse("messages_tab_disabled")
	}
	if u.deactivated {
		return nil, refuse("channel_not_found")
	}
	return w.openDM(w.app.botUser, u.id), nil
}

func (w *API) checkReply(ch *channel, ts string) error {
	if parent := ch.byTS[ts]; ts != "" && parent != nil && parent.Ephemeral != "" {
		return refuse("cannot_reply_to_message")
	}
	return nil
}

func chatPostEphemeral(w *API, c *call) (obj, error) {
	ch, err := c.memberChannel("channel")
	if err != nil {
		return nil, err
	}
	user, err := c.need("user")
	if err != nil {
		return nil, err
	}
	switch {
	case ch.archived:
		return nil, refuse("is_archived")
	case !ch.has(user):
		return nil, refuse("user_not_in_channel")
	}
	d, err := w.checkedDraft(c)
	if err != nil {
		return nil, err
	}
	if len(d.text) > maxUpdate { // SF-4.5
		return nil, refuse("msg_too_long")
	}
	w.checkThread(c.method.name, ch, d.threadTS)
	m := w.post(ch, &message{
		User: w.app.botUser, BotID: w.app.botID, Plain: d.text, Blocks: d.blocks, Attachments: d.attachments,
		ThreadTS: d.threadTS, Ephemeral: user,
	})
	c.ts = m.TS
	return obj{"message_ts": m.TS}, nil
}

// chatUpdate follows SF-6.10.
func chatUpdate(w *API, c *call) (obj, error) {
	ch, m, err := w.ownMessage(c, "cant_update_message")
	if err != nil {
		return nil, err
	}
	if ch.archived {
		return nil, refuse("is_inactive")
	}
	d := c.draft()
	if err := d.useMarkdown(c.str("markdown_text")); err != nil {
		return nil, err
	}
	if utf8.RuneCountInString(d.text) > maxUpdate { // SF-4.4
		return nil, refuse("msg_too_long")
	}
	warnings, err := w.checkUpdate(c, m, &d)
	if err != nil {
		return nil, err
	}
	for _, warning := range warnings {
		c.warn(warning)
	}
	w.change(ch, m, func() { w.applyUpdate(c, m, d) })
	c.ts = m.TS
	return obj{"channel": ch.id, "ts": m.TS, "text": m.Plain, "message": w.messageAPI(m, true)}, nil
}

// checkUpdate validates an update as the message that results from it.
func (w *API) checkUpdate(c *call, m *message, d *draft) ([]string, error) {
	if d.text == "" && !c.has("blocks") && !c.has("attachments") && !c.has("metadata") {
		return nil, refuse("no_text")
	}
	probe := *d
	if d.text == "" && !c.has("blocks") {
		probe.text, probe.blocks = m.Plain, nil
	}
	warnings, err := w.check(c.method.name, &probe)
	if d.text != "" || c.has("blocks") {
		d.blocks = probe.blocks
	}
	return warnings, err
}

func (w *API) applyUpdate(c *call, m *message, d draft) {
	if d.text != "" || c.has("blocks") {
		m.Blocks = d.blocks // text alone removes the blocks
		if d.text != "" || d.blocks != nil {
			m.Plain = d.text
		}
		m.forgetState()
	}
	if c.has("attachments") {
		m.Attachments = d.attachments
		if strings.TrimSpace(string(d.attachments)) == "[]" {
			m.Attachments = nil
		}
	}
	if c.has("metadata") {
		m.Metadata = d.metadata
		if strings.TrimSpace(string(d.metadata)) == "{}" {
			m.Metadata = nil
		}
	}
	if m.Blocks == nil {
		m.EditedAt = w.newTS()
	}
}

// ownMessage finds a message of the bot's that the call may change.
func (w *API) ownMessage(c *call, notOwn string) (*channel, *message, error) {
	ch, err := c.channel("channel")
	if err != nil {
		return nil, nil, err
	}
	m, err := c.message(ch, "ts", "message_not_found")
	if err != nil {
		return nil, nil, err
	}
	if !m.own(w.app.botID) {
		return nil, nil, refuse(notOwn)
	}
	return ch, m, nil
}

func chatDelete(w *API, c *call) (obj, error) {
	ch, m, err := w.ownMessage(c, "cant_delete_message")
	if err != nil {
		return nil, err
	}
	w.erase(ch, m)
	c.ts = m.TS
	return obj{"channel": ch.id, "ts": m.TS}, nil
}

func chatGetPermalink(w *API, c *call) (obj, error) {
	ch, err := c.channel("channel")
	if err != nil {
		return nil, err
	}
	m, err := c.message(ch, "message_ts", "message_not_found")
	if err != nil {
		return nil, err
	}
	return obj{"channel": ch.id, "permalink": w.permalink(m)}, nil
}

func (w *API) permalink(m *message) string {
	link := fmt.Sprintf("%s/archives/%s/p%s", w.URL(), m.Channel, strings.ReplaceAll(m.TS, ".", ""))
	if m.ThreadTS != "" {
		link += "?thread_ts=" + m.ThreadTS + "&cid=" + m.Channel
	}
	return link
}
