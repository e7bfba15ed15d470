package identity

import (
	"context"
	"fmt"
	"slices"
	"strings"

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
}

// Identities maps Slack users to Kubernetes identities. Whoever no row names may do nothing.
type Identities struct {
	Mappings []Mapping
	People   People
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
	var id k8sops.Identity
	for _, row := range m.Mappings {
		if !row.names(slackUser, profile.Email) {
			continue
		}
		if id.User == "" {
			id.User = row.User
		}
		id.Groups = append(id.Groups, row.Groups...)
	}
	if id.User == "" {
		return k8sops.Identity{}, Unmapped(slackUser)
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

func (row Mapping) names(slackUser, email string) bool {
	if row.Slack != "" {
		return row.Slack == slackUser
	}
	return row.Email != "" && strings.EqualFold(row.Email, email)
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

// Unmapped is the refusal of a person whom nobody mapped.
func Unmapped(slackUser string) error {
	return &k8sops.Error{
		Code:    k8sops.CodeForbidden,
		Message: messages.New("identity.unmapped", "user", messages.User(slackUser)),
		Hint:    messages.New("identity.unmapped_hint"),
	}
}
