package slacksim

import (
	"cmp"
	"fmt"
	"strings"
)

// slackbot is who tells people that a command failed.
const slackbot = "USLACKBOT"

// person is one user of the workspace, the app's bot included.
type person struct {
	id, key, name, realName, title, email, locale, colour string

	admin, bot, deactivated bool
}

// usergroup is a group of users that can be mentioned.
type usergroup struct {
	id, name, handle, description string
	users                         []string
	created, updated, disabled    int64
}

type people struct {
	list  []*person
	byID  map[string]*person
	names map[string]*person
}

func (p *people) init() {
	p.byID = map[string]*person{}
	p.names = map[string]*person{}
}

func (p *people) add(u *person) {
	u.colour = avatarColour(len(p.list))
	p.list = append(p.list, u)
	p.byID[u.id] = u
	local, _, _ := strings.Cut(u.email, "@")
	for _, name := range []string{u.name, u.key, u.realName, u.email, local} {
		key := strings.ToLower(name)
		if _, taken := p.names[key]; name != "" && !taken {
			p.names[key] = u
		}
	}
}

// find takes an id, handle, key, real name or e-mail, with or without "@".
func (p *people) find(who string) *person {
	if u := p.byID[who]; u != nil {
		return u
	}
	return p.names[strings.ToLower(strings.TrimPrefix(who, "@"))]
}

func (p *people) byEmail(email string) *person {
	for _, u := range p.list {
		if strings.EqualFold(u.email, email) {
			return u
		}
	}
	return nil
}

// populate makes the people and channels of the options.
func (w *core) populate() error {
	w.people.add(&person{id: w.app.botUser, name: slug(w.manifest.botName()), realName: w.manifest.botName(), bot: true, locale: "en-US"})
	for _, spec := range w.opts.Users {
		w.people.add(&person{
			id: w.newID("U"), key: spec.Key, name: spec.Name, realName: spec.RealName, title: spec.Title,
			email: spec.Email, locale: cmp.Or(spec.Locale, "en-US"), admin: spec.Admin,
		})
	}
	w.people.add(&person{id: slackbot, name: "slackbot", realName: "Slackbot", locale: "en-US"})
	for _, spec := range w.opts.Channels {
		if err := w.addChannelSpec(spec); err != nil {
			return err
		}
	}
	return nil
}

func (w *core) addChannelSpec(spec channelSpec) error {
	c := &channel{id: w.newID("C"), name: spec.Name, private: spec.Private, topic: spec.Topic, created: w.opts.Clock.Now().Unix()}
	c.general = spec.Name == "general"
	members := w.people.list[1 : len(w.people.list)-1] // neither the bot nor Slackbot
	if spec.Members != nil {
		members = nil
		for _, who := range spec.Members {
			u := w.people.find(who)
			if u == nil {
				return fmt.Errorf("channel %s: no user %q", spec.Name, who)
			}
			members = append(members, u)
		}
	}
	for _, u := range members {
		c.join(u.id)
	}
	if !spec.WithoutBot {
		c.join(w.app.botUser)
	}
	w.channels.add(c)
	return nil
}

// avatarColour gives people who come one after another different colours.
func avatarColour(n int) string {
	palette := []string{"#007a5a", "#4a154b", "#1264a3", "#e8912d", "#cd2553", "#3f7cac", "#6b5ca5", "#a15c38"}
	return palette[n%len(palette)]
}

// userAPI is the user object of the Web API; the e-mail needs
// users:read.email.
func (w *core) userAPI(u *person) obj {
	profile := obj{
		"real_name": u.realName, "display_name": u.name, "title": u.title, "team": w.team.id,
		"real_name_normalized": u.realName, "display_name_normalized": u.name,
	}
	if u.email != "" && w.manifest.hasScope("users:read.email") {
		profile["email"] = u.email
	}
	if u.bot {
		profile["bot_id"] = w.app.botID
		profile["api_app_id"] = w.app.id
	}
	return obj{
		"id": u.id, "team_id": w.team.id, "name": u.name, "real_name": u.realName, "deleted": u.deactivated,
		"color": strings.TrimPrefix(u.colour, "#"), "tz": "Asia/Shanghai", "tz_label": "China Standard Time", "tz_offset": 28800,
		"profile": profile, "is_admin": u.admin, "is_owner": false, "is_primary_owner": false, "is_restricted": false,
		"is_ultra_restricted": false, "is_bot": u.bot, "is_app_user": false, "updated": 1700000000, "locale": u.locale,
	}
}
