package catalog

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/k8sops/cmdline"
	"opsbot/messages"
)

// incidentLike are operations of the caller's that share a first word.
func incidentLike() []k8sops.Operation {
	answer := func(context.Context, *k8sops.Call, k8sops.Progress) (*k8sops.Result, error) {
		return &k8sops.Result{}, nil
	}
	var ops []k8sops.Operation
	for _, name := range []string{"incident ack", "incident assign", "incident list"} {
		ops = append(ops, k8sops.Operation{
			Meta: k8sops.Meta{Name: name, Summary: messages.Literal("do " + name), Owners: []k8sops.Role{k8sops.Everyone}}, Answer: answer,
		})
	}
	return ops
}

func TestAFamilyAloneAsksForItsMembers(t *testing.T) {
	ops, err := New(testDeps(t), incidentLike()...)
	require.NoError(t, err)
	for typed, canonical := range map[string]string{
		"incident": "ops help incident", "/incident": "ops help incident", "ops Incident": "ops help incident", "ops /backup": "ops help backup",
		"backup": "ops help backup", "rollout": "ops help rollout", "ops help rollout": "ops help rollout",
	} {
		op, args, err := cmdline.Parse(ops, typed)
		require.NoError(t, err, typed)
		require.Equal(t, canonical, k8sops.Canonical(op, args), typed)
	}
}

func TestFamilyHelp(t *testing.T) {
	for name, line := range map[string]string{"help-backup": "backup", "help-rollout": "/rollout"} {
		call, kube := optest.NewCall(t, testCatalog(t, testDeps(t)), line)
		optest.GrantOnly(kube, call, optest.ReadsOnly)
		result, err := call.Operation.Answer(t.Context(), call, &optest.RecordedProgress{})
		require.NoError(t, err)
		optest.Golden(t, name, func(p *messages.Printer) string { return optest.ShowCard(p, result.Card) })
	}
}

func TestAnUnknownMemberIsAnsweredWithTheMembers(t *testing.T) {
	ops, err := New(testDeps(t), incidentLike()...)
	require.NoError(t, err)
	for _, c := range []struct {
		typed, command string
		members        int
		suggest        []string
	}{
		{"incident akc INC-12", "/incident akc", 3, []string{"incident ack INC-12"}},
		{"/ops incident frobnicate", "/incident frobnicate", 3, nil},
		{"backup bd", "/backup bd", 5, []string{"backup db"}},
		{"ops help backup lsit", "", 5, []string{"backup list"}},
		{"rollout histroy user", "/rollout histroy", 6, []string{"rollout history user"}},
		{"rollout undoo user 2", "/rollout undoo", 6, []string{"rollout undo user 2"}},
	} {
		op, args, err := cmdline.Parse(ops, c.typed)
		if c.command == "" { // what help is asked about is looked up when it runs
			require.NoError(t, err)
			_, err = op.Answer(t.Context(), &k8sops.Call{Operation: op, Args: args}, &optest.RecordedProgress{})
			c.command = "/backup lsit"
		}
		require.Equal(t, "k8sops.family.unknown", optest.MessageID(t, err), c.typed)
		require.Equal(t, k8sops.CodeNotFound, k8sops.CodeOf(err))
		e, _ := optest.AsError(err)
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
		_, _, err := cmdline.Parse(ops, typed)
		require.Equal(t, want, optest.MessageID(t, err), typed)
	}
}

func TestSlashCommandsDescribeFamiliesNotTheirFirstMember(t *testing.T) {
	ops, err := New(testDeps(t), incidentLike()...)
	require.NoError(t, err)
	commands := map[string]k8sops.SlashCommand{}
	for _, c := range k8sops.SlashCommands(ops) {
		require.NotContains(t, commands, c.Name, "declared twice")
		require.False(t, c.Summary.IsZero(), c.Name)
		commands[c.Name] = c
	}
	require.Equal(t, "k8sops.family.incident", commands["incident"].Summary.ID)
	require.Equal(t, "ack | assign | list", commands["incident"].Usage)
	require.Equal(t, "config | db | files | list | verify", commands["backup"].Usage)
	require.Equal(t, "history | pause | restart | resume | status | undo", commands["rollout"].Usage)
	require.Equal(t, "<service> <replicas> [--except EXCEPT] | advice | plan | plan cancel | plans", commands["scale"].Usage)
	require.Equal(t, "<service> [--grep GREP] [--errors] [--since 15m] [--tail 100] [--previous] [--container CONTAINER]", commands["logs"].Usage)
	require.NotContains(t, commands, "ops")
}

func TestAFamilyNeedsASummary(t *testing.T) {
	more := incidentLike()[:2]
	more[0].Name, more[1].Name = "lever turn", "lever look"
	_, err := New(testDeps(t), more...)
	require.ErrorContains(t, err, `the family "lever" has no summary`)
}
