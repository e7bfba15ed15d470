package webapi

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"opsbot/slacksim/workspace"
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
	if err := w.checkReply(ch, d.ThreadTS); err != nil {
		return nil, err
	}
	if err := w.LimitPost(c.method.name, ch); err != nil {
		return nil, err
	}
	m := w.PostDraft(c.method.name, ch, d)
	c.ts = m.TS
	return obj{"channel": ch.ID, "ts": m.TS, "message": w.MessageAPI(m, true)}, nil
}

// checkedDraft reads and validates what the call wants posted.
func (w *API) checkedDraft(c *call) (workspace.Draft, error) {
	d := c.draft()
	if d.Username != "" && !w.Manifest.HasScope("chat:write.customize") {
		return d, missingScope([]string{"chat:write.customize"})
	}
	if err := d.UseMarkdown(c.str("markdown_text")); err != nil {
		return d, err
	}
	warnings, err := w.Check(c.method.name, &d)
	for _, warning := range warnings {
		c.warn(warning)
	}
	return d, err
}

// postTarget resolves the channel of a post: a user id opens the DM (SF-6.9),
// a public channel may be posted to from outside with chat:write.public
// (SF-6.8).
func (w *API) postTarget(c *call) (*workspace.Channel, error) {
	target := c.str("channel")
	if u := w.People.ByID[target]; u != nil {
		return w.dmTarget(u)
	}
	ch, err := c.channel("channel")
	switch {
	case err != nil:
		return nil, err
	case ch.Archived:
		return nil, refuse("is_archived")
	case !ch.Has(w.App.BotUser) && !w.Manifest.HasScope("chat:write.public"):
		return nil, refuse("not_in_channel")
	case ch.IsIM():
		return w.dmTarget(w.People.ByID[ch.Other(w.App.BotUser)])
	}
	return ch, nil
}

func (w *API) dmTarget(u *workspace.Person) (*workspace.Channel, error) {
	if tab := w.Manifest.Features.AppHome.MessagesTabEnabled; tab != nil && !*tab {
		return nil, refuse("messages_tab_disabled")
	}
	if u.Deactivated {
		return nil, refuse("channel_not_found")
	}
	return w.OpenDM(w.App.BotUser, u.ID), nil
}

func (w *API) checkReply(ch *workspace.Channel, ts string) error {
	if parent := ch.ByTS[ts]; ts != "" && parent != nil && parent.Ephemeral != "" {
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
	case ch.Archived:
		return nil, refuse("is_archived")
	case !ch.Has(user):
		return nil, refuse("user_not_in_channel")
	}
	d, err := w.checkedDraft(c)
	if err != nil {
		return nil, err
	}
	if len(d.Text) > workspace.MaxUpdate { // SF-4.5
		return nil, refuse("msg_too_long")
	}
	w.CheckThread(c.method.name, ch, d.ThreadTS)
	m := w.Post(ch, &workspace.Message{
		User: w.App.BotUser, BotID: w.App.BotID, Plain: d.Text, Blocks: d.Blocks, Attachments: d.Attachments,
		ThreadTS: d.ThreadTS, Ephemeral: user,
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
	if ch.Archived {
		return nil, refuse("is_inactive")
	}
	d := c.draft()
	if err := d.UseMarkdown(c.str("markdown_text")); err != nil {
		return nil, err
	}
	if utf8.RuneCountInString(d.Text) > workspace.MaxUpdate { // SF-4.4
		return nil, refuse("msg_too_long")
	}
	warnings, err := w.checkUpdate(c, m, &d)
	if err != nil {
		return nil, err
	}
	for _, warning := range warnings {
		c.warn(warning)
	}
	w.Change(ch, m, func() { w.applyUpdate(c, m, d) })
	c.ts = m.TS
	return obj{"channel": ch.ID, "ts": m.TS, "text": m.Plain, "message": w.MessageAPI(m, true)}, nil
}

// checkUpdate validates an update as the message that results from it.
func (w *API) checkUpdate(c *call, m *workspace.Message, d *workspace.Draft) ([]string, error) {
	if d.Text == "" && !c.has("blocks") && !c.has("attachments") && !c.has("metadata") {
		return nil, refuse("no_text")
	}
	probe := *d
	if d.Text == "" && !c.has("blocks") {
		probe.Text, probe.Blocks = m.Plain, nil
	}
	warnings, err := w.Check(c.method.name, &probe)
	if d.Text != "" || c.has("blocks") {
		d.Blocks = probe.Blocks
	}
	return warnings, err
}

func (w *API) applyUpdate(c *call, m *workspace.Message, d workspace.Draft) {
	if d.Text != "" || c.has("blocks") {
		m.Blocks = d.Blocks // text alone removes the blocks
		if d.Text != "" || d.Blocks != nil {
			m.Plain = d.Text
		}
		m.ForgetState()
	}
	if c.has("attachments") {
		m.Attachments = d.Attachments
		if strings.TrimSpace(string(d.Attachments)) == "[]" {
			m.Attachments = nil
		}
	}
	if c.has("metadata") {
		m.Metadata = d.Metadata
		if strings.TrimSpace(string(d.Metadata)) == "{}" {
			m.Metadata = nil
		}
	}
	if m.Blocks == nil {
		m.EditedAt = w.NewTS()
	}
}

// ownMessage finds a message of the bot's that the call may change.
func (w *API) ownMessage(c *call, notOwn string) (*workspace.Channel, *workspace.Message, error) {
	ch, err := c.channel("channel")
	if err != nil {
		return nil, nil, err
	}
	m, err := c.message(ch, "ts", "message_not_found")
	if err != nil {
		return nil, nil, err
	}
	if !m.Own(w.App.BotID) {
		return nil, nil, refuse(notOwn)
	}
	return ch, m, nil
}

func chatDelete(w *API, c *call) (obj, error) {
	ch, m, err := w.ownMessage(c, "cant_delete_message")
	if err != nil {
		return nil, err
	}
	w.Erase(ch, m)
	c.ts = m.TS
	return obj{"channel": ch.ID, "ts": m.TS}, nil
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
	return obj{"channel": ch.ID, "permalink": w.permalink(m)}, nil
}

func (w *API) permalink(m *workspace.Message) string {
	link := fmt.Sprintf("%s/archives/%s/p%s", w.URL(), m.Channel, strings.ReplaceAll(m.TS, ".", ""))
	if m.ThreadTS != "" {
		link += "?thread_ts=" + m.ThreadTS + "&cid=" + m.Channel
	}
	return link
}
