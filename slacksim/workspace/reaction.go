package workspace

import (
	"regexp"
	"slices"
)

// ValidEmoji reports whether Slack takes the name of an emoji.
func ValidEmoji(name string) bool {
	return regexp.MustCompile(`^[\p{Ll}\p{Lo}0-9_+'-]+(::skin-tone-[2-6])?$`).MatchString(name)
}

// React adds a user's emoji; false if it is there already.
func (m *Message) React(name, user string) bool {
	for i, r := range m.Reactions {
		if r.Name != name {
			continue
		}
		if slices.Contains(r.Users, user) {
			return false
		}
		m.Reactions = slices.Clone(m.Reactions)
		m.Reactions[i].Users = append(slices.Clone(r.Users), user)
		return true
	}
	m.Reactions = append(slices.Clone(m.Reactions), Reaction{Name: name, Users: []string{user}})
	return true
}

// Unreact takes a user's emoji off; false if it is not there.
func (m *Message) Unreact(name, user string) bool {
	for i, r := range m.Reactions {
		if r.Name != name || !slices.Contains(r.Users, user) {
			continue
		}
		m.Reactions = slices.Clone(m.Reactions)
		users := slices.DeleteFunc(slices.Clone(r.Users), func(u string) bool { return u == user })
		if len(users) == 0 {
			m.Reactions = slices.Delete(m.Reactions, i, i+1)
		} else {
			m.Reactions[i].Users = users
		}
		return true
	}
	return false
}

// Reacted tells everybody concerned about a reaction.
func (w *Workspace) Reacted(event string, ch *Channel, m *Message, name, user string) {
	w.Pages.Message("message_changed", ch, m)
	w.Waiters.message(ch, m)
	if ch.Has(w.App.BotUser) {
		w.Raise(event, obj{
			"type": event, "user": user, "reaction": name, "item_user": m.User,
			"item": obj{"type": "message", "channel": ch.ID, "ts": m.TS},
		})
	}
}
