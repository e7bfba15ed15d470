package bot

import (
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/k8sops"
	"opsbot/messages"
	"opsbot/slacksim"
)

func scaleForm() Form {
	return Form{
		CallbackID: "run", Metadata: "{}", Locale: messages.English, Workloads: []string{"order-service", "user-service"},
		Known: k8sops.Args{"service": "user-service"},
		Operation: &k8sops.Operation{Name: "scale", Summary: lit("Change the number of replicas"), Args: []k8sops.Arg{
			{Name: "service", Kind: k8sops.KindWorkload, Required: true, AllowAll: true, Summary: lit("what to scale")},
			{Name: "replicas", Kind: k8sops.KindInt, Required: true},
		}},
	}
}

func TestFormOffersChoicesAndFillsIn(t *testing.T) {
	view := (&Forms{Catalogue: testCatalogue(t)}).view(scaleForm())
	require.Equal(t, "scale", view.Title.Text)
	require.Len(t, view.Blocks.BlockSet, 3)
	form := scaleForm()
	require.Equal(t, []string{"all", "order-service", "user-service"}, choices(form, form.Operation.Args[0]))
	require.Nil(t, choices(form, form.Operation.Args[1]))
}

// Forms with more than a menu can hold, and with long names, are still accepted by Slack.
func TestLargeFormIsAccepted(t *testing.T) {
	inSocketMode(t, slacksim.Options{}, func(t *testing.T, l *listening) {
		l.start(t)
		form := scaleForm()
		form.Operation.Name = "a name that is longer than a modal's title may be"
		form.Workloads = nil
		for range 150 {
			form.Workloads = append(form.Workloads, "some-service")
		}
		forms := &Forms{Slack: l.config.Connection.Client(), Catalogue: l.config.Catalogue}
		require.NoError(t, press(t, l, l.slack.User("dba"), "ack"))
		l.waitFor(t, "action ack 12")
		require.NoError(t, forms.Open(t.Context(), l.presses[0].TriggerID, form))
	})
}
