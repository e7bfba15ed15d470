package slacksim

import (
	"regexp"
	"slices"
)

// validEmoji reports whether Slack takes the name of an emoji.
func validEmoji(name string) bool {
	return regexp.MustCompile(`^[\p{Ll}\p{Lo}0-9_+'-]+(::skin-tone-[2-6])?$`).MatchString(name)
}

func (m *message) react(name, user string) bool {
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
	m.Reactions = append(slices.Clone(m.Reactions), reaction{Name: name, Users: []string{user}})
	return true
}

func (m *message) unreact(name, user string) bool {
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

// reacted tells everybody concerned about a reaction.
func (w *core) reacted(event string, ch *channel, m *message, name, user string) {
	w.pages.Message("message_changed", ch, m)
	w.waiters.message(ch, m)
	if ch.has(w.app.botUser) {
		w.raise(event, obj{
			"type": event, "user": user, "reaction": name, "item_user": m.User,
			"item": obj{"type": "message", "channel": ch.id, "ts": m.TS},
		})
	}
}
