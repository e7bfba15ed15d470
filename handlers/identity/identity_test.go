package identity_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/handlers/identity"
	"opsbot/k8sops"
)

type people map[string]identity.Profile

func (p people) Profile(_ context.Context, user string) (identity.Profile, error) {
	return p[user], nil
}

func (p people) Groups(context.Context, string) ([]string, error) { return nil, nil }

type pins map[string]string

func (p pins) Pin(_ context.Context, email, user string) (string, error) {
	if _, ok := p[email]; !ok {
		p[email] = user
	}
	return p[email], nil
}

func identify(t *testing.T, user string, profile identity.Profile, rows ...identity.Mapping) (k8sops.Identity, error) {
	t.Helper()
	ids := identity.Identities{Mappings: rows, People: people{user: profile}}
	return ids.Identify(t.Context(), user)
}

func TestEMailAddressesAreComparedAsASCII(t *testing.T) {
	row := identity.Mapping{Email: "KS@company.com", User: "ks"}
	for email, known := range map[string]bool{
		"ks@company.com": true, "Ks@COMPANY.com": true,
		"\u212as@company.com": false, // KELVIN SIGN, which Unicode folds to k
		"k\u017f@company.com": false, // LATIN SMALL LETTER LONG S, which it folds to s
		"":                    false,
	} {
		_, err := identify(t, "U1", identity.Profile{Email: email}, row)
		require.Equal(t, known, err == nil, "%q: %v", email, err)
	}
}

func TestRowsOfDifferentUsersDoNotAddUp(t *testing.T) {
	one := identity.Mapping{Slack: "U1", User: "lisi", Groups: []string{"a"}}
	other := identity.Mapping{Email: "lisi@company.com", User: "root", Groups: []string{"b"}}
	profile := identity.Profile{Email: "lisi@company.com"}
	_, err := identify(t, "U1", profile, one, other)
	require.Equal(t, k8sops.CodeForbidden, k8sops.CodeOf(err))

	other.User = "lisi"
	id, err := identify(t, "U1", profile, one, other)
	require.NoError(t, err)
	require.Equal(t, k8sops.Identity{User: "lisi", Groups: []string{"a", "b"}}, id)

	// The contact table says what somebody is called only where access.identities does not.
	contact := identity.Mapping{Email: "lisi@company.com", User: "lisi@company.com", Groups: []string{"opsbot:dba"}, Implied: true}
	for _, rows := range [][]identity.Mapping{{one, contact}, {contact, one}} {
		id, err = identify(t, "U1", profile, rows...)
		require.NoError(t, err)
		require.Equal(t, k8sops.Identity{User: "lisi", Groups: []string{"a", "opsbot:dba"}}, id)
	}
}

func TestAnAddressStaysWithTheSlackUserWhoHadItFirst(t *testing.T) {
	var told []identity.Move
	remembered := pins{}
	ids := identity.Identities{
		Mappings: []identity.Mapping{{Email: "Lisi@company.com", User: "lisi"}}, Pins: remembered,
		People: people{"U1": {Email: "lisi@company.com"}, "U2": {Email: "LISI@company.com"}},
		Moved:  func(_ context.Context, m identity.Move) { told = append(told, m) },
	}
	for range 2 {
		_, err := ids.Identify(t.Context(), "U1")
		require.NoError(t, err)
	}
	require.Empty(t, told)
	_, err := ids.Identify(t.Context(), "U2")
	require.Equal(t, k8sops.CodeForbidden, k8sops.CodeOf(err))
	require.Equal(t, []identity.Move{{Email: "lisi@company.com", Owner: "U1", Claimant: "U2"}}, told)

	ids.Mappings = []identity.Mapping{{Slack: "U2", User: "lisi"}}
	_, err = ids.Identify(t.Context(), "U2")
	require.NoError(t, err, "a row that names the Slack user settles it")
}
