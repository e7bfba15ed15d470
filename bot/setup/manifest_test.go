package setup

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"opsbot/bot/slacktest"
	"opsbot/messages"
	"opsbot/slacksim"
)

func testCommands() []CommandSpec {
	return []CommandSpec{
		{Name: "scale", Description: messages.Literal("Change the number of replicas"), UsageHint: "service replicas"},
		{Name: "backup", Description: messages.Literal("Back up the database")},
	}
}

func testManifest(t *testing.T) []byte {
	t.Helper()
	out, err := Manifest(ManifestOptions{Catalogue: slacktest.Catalogue(t), Locale: messages.English, Commands: testCommands()})
	require.NoError(t, err)
	return out
}

func TestManifestIsValid(t *testing.T) {
	for _, locale := range messages.Locales() {
		out, err := Manifest(ManifestOptions{Catalogue: slacktest.Catalogue(t), Locale: locale, Commands: testCommands()})
		require.NoError(t, err)
		require.NoError(t, slacksim.ValidateManifest(out), "%s", out)
	}
}

func TestManifestPrefix(t *testing.T) {
	out, err := Manifest(ManifestOptions{Catalogue: slacktest.Catalogue(t), Commands: testCommands(), Prefix: "k-"})
	require.NoError(t, err)
	var m manifest
	require.NoError(t, yaml.UnmarshalStrict(out, &m))
	var names []string
	for _, c := range m.Features.SlashCommands {
		names = append(names, c.Command)
	}
	require.Equal(t, []string{"/ops", "/k-scale", "/k-backup"}, names)
}

func TestManifestNamesEveryFault(t *testing.T) {
	commands := []CommandSpec{
		{Name: "Scale", Description: messages.Literal("x")}, {Name: "silent"}, {Name: "twice", Description: messages.Literal("x")}, {Name: "twice", Description: messages.Literal("x")},
		{Name: strings.Repeat("x", 40), Description: messages.Literal("x")},
	}
	for i := range 50 {
		commands = append(commands, CommandSpec{Name: fmt.Sprint("c", i), Description: messages.Literal("x")})
	}
	_, err := Manifest(ManifestOptions{Catalogue: slacktest.Catalogue(t), Commands: commands})
	for _, want := range []string{"/Scale", "/silent has no description", "/twice is declared twice", "xxxx", "56 slash commands"} {
		require.ErrorContains(t, err, want)
	}
}
