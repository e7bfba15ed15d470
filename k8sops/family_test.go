package k8sops

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/messages"
)

// incidentLike are operations of the caller's that share a first word.
func incidentLike() []Operation {
	run := func(context.Context, *Call, *Plan, Progress) (*Result, error) { return &Result{}, nil }
	var ops []Operation
	for _, name := range []string{"incident ack", "incident assign", "incident list"} {
		ops = append(ops, Operation{Name: name, Summary: messages.Literal("do " + name), Owners: []Role{Everyone}, Run: run})
	}
	return ops
}

func TestAFamilyAloneAsksForItsMembers(t *testing.T) {
	ops, err := Catalog(testDeps(t), incidentLike()...)
	require.NoError(t, err)
	for typed, canonical := range map[string]string{
		"incident": "ops help incident", "/incident": "ops help incident", "ops Incident": "ops help incident", "ops /backup": "ops help backup",
		"backup": "ops help backup", "rollout": "ops help rollout", "ops help rollout": "ops help rollout",
	} {
		op, args, err := Parse(ops, typed)
		require.NoError(t, err, typed)
		require.Equal(t, canonical, Canonical(op, args), typed)
	}
}

func TestFamilyHelp(t *testing.T) {
	for name, line := range map[string]string{"help-backup": "backup", "help-rollout": "/rollout"} {
		call, kube := newCall(t, testCatalog(t, testDeps(t)), line)
		grantOnly(kube, call, readsOnly)
		result, err := call.Operation.Run(t.Context(), call, nil, &recordedProgress{})
		require.NoError(t, err)
		golden(t, name, func(p *messages.Printer) string { return showCard(p, result.Card) })
	}
}

func TestAnUnknownMemberIsAnsweredWithTheMembers(t *testing.T) {
	ops, err := Catalog(testDeps(t), incidentLike()...)
	require.NoError(t, err)
	for _, c := range []struct {
		typed, command string
		members        int
		suggest        []string
	}{
		{"incident akc INC-12", "/incident akc", 3, []string{"incident ack INC-12"}},
		{"/ops incident frobnicate", "/incident frobnicate", 3, nil},
		{"backup bd", "/backup bd", 2, []string{"backup db"}},
		{"ops help backup lsit", "", 2, []string{"backup list"}},
		{"rollout histroy user", "/rollout histroy", 4, []string{"rollout history user"}},
		{"rollout undoo user 2", "/rollout undoo", 4, []string{"rollout undo user 2"}},
	} {
		op, args, err := Parse(ops, c.typed)
		if c.command == "" { // what help is asked about is looked up when it runs
			require.NoError(t, err)
			_, err = op.Run(t.Context(), &Call{Operation: op, Args: args}, nil, &recordedProgress{})
			c.command = "/backup lsit"
		}
		require.Equal(t, "k8sops.family.unknown", messageID(t, err), c.typed)
		require.Equal(t, CodeNotFound, CodeOf(err))
		e, _ := asError(err)
		require.Equal(t, c.command, e.Message.Args["command"].S)
		require.Len(t, e.List, c.members)
		require.Equal(t, c.suggest, e.Suggest, c.typed)
	}
}

func TestWhatIsNoFamilyStaysWhatItWas(t *testing.T) {
	ops := testCatalog(t, testDeps(t))
	for typed, want := range map[string]string{
		"rollout user 5": "k8sops.parse.surplus", "set": "k8sops.parse.unknown_operation", "scale": "k8sops.parse.missing", "ops": "k8sops.parse.unknown_operation",
	} {
		_, _, err := Parse(ops, typed)
		require.Equal(t, want, messageID(t, err), typed)
	}
}

func TestSlashCommandsDescribeFamiliesNotTheirFirstMember(t *testing.T) {
	ops, err := Catalog(testDeps(t), incidentLike()...)
	require.NoError(t, err)
	commands := map[string]SlashCommand{}
	for _, c := range SlashCommands(ops) {
		require.NotContains(t, commands, c.Name, "declared twice")
		require.False(t, c.Summary.IsZero(), c.Name)
		commands[c.Name] = c
	}
	require.Equal(t, "k8sops.family.incident", commands["incident"].Summary.ID)
	require.Equal(t, "ack | assign | list", commands["incident"].Usage)
	require.Equal(t, "db | list", commands["backup"].Usage)
	require.Equal(t, "history | restart | status | undo", commands["rollout"].Usage)
	require.Equal(t, "<service> <replicas> [--except EXCEPT]", commands["scale"].Usage)
	require.NotContains(t, commands, "ops")
}

func TestAFamilyNeedsASummary(t *testing.T) {
	more := incidentLike()[:2]
	more[0].Name, more[1].Name = "lever turn", "lever look"
	_, err := Catalog(testDeps(t), more...)
	require.ErrorContains(t, err, `the family "lever" has no summary`)
}
