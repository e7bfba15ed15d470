package identity

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"opsbot/k8sops"
	"opsbot/messages"
)

// Profile is what Slack says about a person.
type Profile struct {
	Email  string
	Name   string
	Locale string
	// Timezone is the IANA name of the zone that the person's clock is in, "" where Slack does not say.
	Timezone string
	// Foreign people are bots, guests of another workspace, or deactivated: they are never mapped.
	Foreign bool
}

// People looks persons up in Slack. Implementations cache.
type People interface {
	Profile(ctx context.Context, slackUser string) (Profile, error)
	// Groups are the ids of the Slack user groups that the person is in.
	Groups(ctx context.Context, slackUser string) ([]string, error)
}

// Mapping gives a Kubernetes identity to one person, found by Slack user id or by e-mail address, or to everybody in a
// Slack user group (then User is empty and the person must be mapped by another row).
type Mapping struct {
	Slack  string
	Email  string
	Group  string
	User   string
	Groups []string
	// Implied is a row whose User is only what a person is called where no other row says.
	Implied bool
}

// Identities maps Slack users to Kubernetes identities. Whoever no row names may do nothing.
type Identities struct {
	Mappings []Mapping
	People   People
	// Pins remembers whose e-mail address is whose; nil where that is not remembered, in tests.
	Pins Pins
	// Moved is told of an e-mail address that another Slack user has now than the one that had it first; may be nil.
	Moved func(ctx context.Context, move Move)
}

// Identify is the Kubernetes identity of a Slack user; a k8sops.Error with CodeForbidden for a person nobody mapped.
func (m *Identities) Identify(ctx context.Context, slackUser string) (k8sops.Identity, error) {
	profile, err := m.People.Profile(ctx, slackUser)
	if err != nil {
		return k8sops.Identity{}, fmt.Errorf("look up Slack user %s: %w", slackUser, err)
	}
	if profile.Foreign {
		return k8sops.Identity{}, Unmapped(slackUser)
	}
	id, err := m.mapped(ctx, slackUser, profile)
	if err != nil {
		return k8sops.Identity{}, err
	}
	groups, err := m.userGroups(ctx, slackUser)
	if err != nil {
		return k8sops.Identity{}, err
	}
	id.Groups = append(id.Groups, groups...)
	slices.Sort(id.Groups)
	id.Groups = slices.Compact(id.Groups)
	return id, nil
}

// mapped is what the rows that name a person say together. Rows that name different Kubernetes users say nothing: the rights of several
// users must not add up in one.
func (m *Identities) mapped(ctx context.Context, slackUser string, profile Profile) (id k8sops.Identity, err error) {
	implied, alsoImplied, byEmail := "", "", false
	for _, row := range m.Mappings {
		switch {
		case !row.names(slackUser, profile.Email):
			continue
		case row.Implied:
			if implied = cmp.Or(implied, row.User); row.User != implied {
				alsoImplied = row.User
			}
		case id.User != "" && row.User != "" && id.User != row.User:
			return k8sops.Identity{}, contradictory(slackUser, id.User, row.User)
		default:
			id.User = cmp.Or(id.User, row.User)
		}
		byEmail = byEmail || row.Slack == ""
		id.Groups = append(id.Groups, row.Groups...)
	}
	switch {
	case id.User == "" && alsoImplied != "":
		return k8sops.Identity{}, contradictory(slackUser, implied, alsoImplied)
	case id.User == "" && implied == "":
		return k8sops.Identity{}, Unmapped(slackUser)
	}
	id.User = cmp.Or(id.User, implied)
	if byEmail {
		err = m.pinned(ctx, slackUser, profile.Email)
	}
	return id, err
}

func (row Mapping) names(slackUser, email string) bool {
	if row.Slack != "" {
		return row.Slack == slackUser
	}
	return row.Email != "" && LowerASCII(row.Email) == LowerASCII(email)
}

// LowerASCII makes e-mail addresses comparable. Letters beyond ASCII stay: Unicode takes the Kelvin sign for a k, and mail servers do not.
func LowerASCII(email string) string {
	lower := []byte(email)
	for i, c := range lower {
		if 'A' <= c && c <= 'Z' {
			lower[i] = c + 'a' - 'A'
		}
	}
	return string(lower)
}

// userGroups adds the Kubernetes groups of Slack user groups; Slack is asked only if a row needs it.
func (m *Identities) userGroups(ctx context.Context, slackUser string) ([]string, error) {
	byGroup := map[string][]string{}
	for _, row := range m.Mappings {
		if row.Group != "" {
			byGroup[row.Group] = append(byGroup[row.Group], row.Groups...)
		}
	}
	if len(byGroup) == 0 {
		return nil, nil
	}
	in, err := m.People.Groups(ctx, slackUser)
	if err != nil {
		return nil, fmt.Errorf("look up the user groups of %s: %w", slackUser, err)
	}
	var groups []string
	for _, group := range in {
		groups = append(groups, byGroup[group]...)
	}
	return groups, nil
}

func contradictory(slackUser, one, other string) error {
	return &k8sops.Error{
		Code:    k8sops.CodeForbidden,
		Message: messages.New("identity.contradictory", "user", messages.User(slackUser), "one", messages.Code(one), "other", messages.Code(other)),
		Hint:    messages.New("identity.contradictory_hint"),
	}
}

// Unmapped is the refusal of a person whom nobody mapped.
func Unmapped(slackUser string) error {
	return &k8sops.Error{
		Code:    k8sops.CodeForbidden,
		Message: messages.New("identity.unmapped", "user", messages.User(slackUser)),
		Hint:    messages.New("identity.unmapped_hint"),
	}
}
