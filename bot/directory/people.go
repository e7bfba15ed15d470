package directory

import (
	"context"
	"time"

	"github.com/slack-go/slack"

	"opsbot/bot"
)

const (
	// cacheTTL is how long an answer of Slack is used. Group memberships give rights, so it is short.
	cacheTTL = 2 * time.Minute
	// cacheStale is how much longer it is used while Slack cannot be reached.
	cacheStale = 10 * time.Minute
)

// People looks up profiles and user groups in Slack and caches them. It is safe for concurrent use.
type People struct {
	slack   *slack.Client
	self    bot.Self
	byID    *cache[Person]
	byEmail *cache[Person]
	groups  *cache[map[string][]string]
}

// NewPeople makes a People. self tells whose workspace it is: people of any other are guests. now is the clock of its
// cache, time.Now where it is nil.
func NewPeople(client *slack.Client, self bot.Self, now func() time.Time) *People {
	if now == nil {
		now = time.Now
	}
	return &People{
		slack: client, self: self, byID: newCache[Person](now), byEmail: newCache[Person](now), groups: newCache[map[string][]string](now),
	}
}

// Person returns the profile of a user id; ErrNoPerson if there is none.
func (p *People) Person(ctx context.Context, id string) (Person, error) {
	return p.byID.get(ctx, id, func(ctx context.Context) (Person, error) {
		u, err := p.slack.GetUserInfoContext(ctx, id)
		return person(p.self, u), lookupError("look up Slack user "+id, err)
	})
}

// Forget drops what is known of a user whose account or profile has changed, and all answers by e-mail address: which of them was the user's is
// not kept.
func (p *People) Forget(id string) {
	p.byID.forget(id)
	p.byEmail.forgetAll()
}

// Name is how people write the name of a user, or the user's id where Slack does not tell it.
func (p *People) Name(ctx context.Context, user string) string {
	found, err := p.Person(ctx, user)
	if err != nil || found.Name == "" {
		return user
	}
	return found.Name
}

// ByEmail finds a user by e-mail address; ErrNoPerson if there is none.
func (p *People) ByEmail(ctx context.Context, email string) (Person, error) {
	return p.byEmail.get(ctx, email, func(ctx context.Context) (Person, error) {
		u, err := p.slack.GetUserByEmailContext(ctx, email)
		return person(p.self, u), lookupError("look up Slack user by e-mail "+email, err)
	})
}
