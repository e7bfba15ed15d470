package workspace

import (
	"cmp"
	"fmt"
	"strings"
)

// Slackbot is who tells people that a command failed.
const Slackbot = "USLACKBOT"

// Person is one user of the workspace, the app's bot included.
type Person struct {
	ID, key, Name, RealName, Title, Email, Locale, Colour string

	admin, Bot, Deactivated bool
	// Invited people have not accepted yet; EmailUnconfirmed addresses were typed by somebody, and never proven.
	Invited, EmailUnconfirmed bool
}

// UserGroup is a group of users that can be mentioned.
type UserGroup struct {
	ID, Name, Handle, Description string
	Users                         []string
	Created, Updated, Disabled    int64
}

type people struct {
	List  []*Person
	ByID  map[string]*Person
	names map[string]*Person
}

func (p *people) init() {
	p.ByID = map[string]*Person{}
	p.names = map[string]*Person{}
}

func (p *people) add(u *Person) {
	u.Colour = avatarColour(len(p.List))
	p.List = append(p.List, u)
	p.ByID[u.ID] = u
	local, _, _ := strings.Cut(u.Email, "@")
	for _, name := range []string{u.Name, u.key, u.RealName, u.Email, local} {
		key := strings.ToLower(name)
		if _, taken := p.names[key]; name != "" && !taken {
			p.names[key] = u
		}
	}
}

// Find takes an id, handle, key, real name or e-mail, with or without "@".
func (p *people) Find(who string) *Person {
	if u := p.ByID[who]; u != nil {
		return u
	}
	return p.names[strings.ToLower(strings.TrimPrefix(who, "@"))]
}

func (p *people) ByEmail(email string) *Person {
	for _, u := range p.List {
		if strings.EqualFold(u.Email, email) {
			return u
		}
	}
	return nil
}

// populate makes the people and channels of the options.
func (w *Workspace) populate() error {
	w.People.add(&Person{ID: w.App.BotUser, Name: Slug(w.Manifest.BotName()), RealName: w.Manifest.BotName(), Bot: true, Locale: "en-US"})
	for _, spec := range w.Options.Users {
		w.People.add(&Person{
			ID: w.NewID("U"), key: spec.Key, Name: spec.Name, RealName: spec.RealName, Title: spec.Title,
			Email: spec.Email, Locale: cmp.Or(spec.Locale, "en-US"), admin: spec.Admin,
		})
	}
	w.People.add(&Person{ID: Slackbot, Name: "slackbot", RealName: "Slackbot", Locale: "en-US"})
	for _, spec := range w.Options.Channels {
		if err := w.addChannelSpec(spec); err != nil {
			return err
		}
	}
	return nil
}

func (w *Workspace) addChannelSpec(spec ChannelSpec) error {
	c := &Channel{ID: w.NewID("C"), Name: spec.Name, Private: spec.Private, Topic: spec.Topic, Created: w.Options.Clock.Now().Unix()}
	c.General = spec.Name == "general"
	members := w.People.List[1 : len(w.People.List)-1] // neither the bot nor Slackbot
	if spec.Members != nil {
		members = nil
		for _, who := range spec.Members {
			u := w.People.Find(who)
			if u == nil {
				return fmt.Errorf("channel %s: no user %q", spec.Name, who)
			}
			members = append(members, u)
		}
	}
	for _, u := range members {
		c.Join(u.ID)
	}
	if !spec.WithoutBot {
		c.Join(w.App.BotUser)
	}
	w.Channels.Add(c)
	return nil
}

// avatarColour gives people who come one after another different colours.
func avatarColour(n int) string {
	palette := []string{"#007a5a", "#4a154b", "#1264a3", "#e8912d", "#cd2553", "#3f7cac", "#6b5ca5", "#a15c38"}
	return palette[n%len(palette)]
}

// UserAPI is the user object of the Web API; the e-mail needs
// users:read.email.
func (w *Workspace) UserAPI(u *Person) map[string]any {
	profile := obj{
		"real_name": u.RealName, "display_name": u.Name, "title": u.Title, "team": w.Team.ID,
		"real_name_normalized": u.RealName, "display_name_normalized": u.Name,
	}
	if u.Email != "" && w.Manifest.HasScope("users:read.email") {
		profile["email"] = u.Email
	}
	if u.Bot {
		profile["bot_id"] = w.App.BotID
		profile["api_app_id"] = w.App.ID
	}
	user := obj{
		"id": u.ID, "team_id": w.Team.ID, "name": u.Name, "real_name": u.RealName, "deleted": u.Deactivated,
		"color": strings.TrimPrefix(u.Colour, "#"), "tz": "Asia/Shanghai", "tz_label": "China Standard Time", "tz_offset": 28800,
		"profile": profile, "is_admin": u.admin, "is_owner": false, "is_primary_owner": false, "is_restricted": false,
		"is_ultra_restricted": false, "is_bot": u.Bot, "is_app_user": false, "updated": 1700000000, "locale": u.Locale,
	}
	if !u.Bot {
		user["is_email_confirmed"] = !u.EmailUnconfirmed
	}
	if u.Invited {
		user["is_invited_user"] = true
	}
	return user
}

// ChangedUser tells the app that somebody's profile or account changed.
func (w *Workspace) ChangedUser(u *Person) {
	now := w.Options.Clock.Now().Unix()
	w.Raise("user_change", obj{"type": "user_change", "user": w.UserAPI(u), "cache_ts": now})
}
