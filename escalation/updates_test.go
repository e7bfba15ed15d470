package escalation_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/escalation/engine"
	"opsbot/escalation/incident"
	"opsbot/escalation/internal/fixture"
	"opsbot/messages"
)

func TestStakeholdersHaveOneMessageThatIsKeptCurrent(t *testing.T) {
	s := fixture.NewStory(t)
	s.Policy.UpdatesChannel = "C0STATUS"
	a := fixture.Alert(1, "service", "order-service", "instance", "10.0.0.7:5432")
	s.Observe(a)
	require.Contains(t, s.Told(), "INC-12 · critical · order-service")
	require.Contains(t, s.Told(), "somebody is being called")
	s.Must(escalation.Action{Kind: escalation.Ack, Actor: fixture.Lisi})
	require.Contains(t, s.Told(), "somebody is looking for the cause")
	require.Contains(t, s.Told(), "李四")
	require.NotContains(t, s.Told(), fixture.Lisi, "a mention would call the owner there")
	s.Must(escalation.Action{Kind: escalation.Diagnosed, Actor: fixture.Lisi, Text: messages.Literal("disk full")})
	require.Contains(t, s.Told(), "the cause is known")
	s.Must(escalation.Action{Kind: escalation.SetUpdate, Actor: fixture.Lisi, Text: messages.Literal("Orders are late, none is lost.")})
	require.Contains(t, s.Told(), "Orders are late, none is lost. (2026-03-02 09:00 UTC)")
	require.Contains(t, s.Reported(), "told the stakeholders: Orders are late")
	s.Now = s.Now.Add(10 * time.Minute)
	s.Observe(fixture.Resolved(a, s.Now))
	require.Contains(t, s.Told(), "being watched")
	s.Pass(time.Hour)
	require.Contains(t, s.Told(), "resolved after 10m")
	for _, inside := range []string{"10.0.0.7", "PostgresDown", "postgres does not answer", "disk full", "wiki.example.com"} {
		require.NotContains(t, s.Told(), inside, "that is nobody else's business")
	}
}

func TestStakeholdersAreNotPromisedSomebodyWhoIsNotCalled(t *testing.T) {
	s := fixture.NewHeldStory(t)
	s.Policy.UpdatesChannel = "C0STATUS"
	s.Observe(fixture.Info(1))
	require.Contains(t, s.Told(), "somebody is called from 2026-03-02 09:00 UTC")
	s.Pass(24 * time.Hour)
	require.Contains(t, s.Told(), "somebody is being called")
}

func TestStakeholdersHearNothingOfOpsbotsOwnTrouble(t *testing.T) {
	s := fixture.NewStory(t)
	s.Policy.UpdatesChannel = "C0STATUS"
	s.Observe(engine.SelfAlert{Name: "SlackMessageLost", Severity: incident.Warning, Since: s.Now}.Alert("opsbot/delivery"))
	require.NotContains(t, s.Sent, incident.UpdateKey(12))
	s.Must(escalation.Action{Kind: escalation.SetUpdate, Actor: fixture.Lisi, Text: messages.Literal("Updates may be late.")})
	require.Contains(t, s.Told(), "Updates may be late.")
}

func TestWithoutAChannelForStakeholdersThereIsNoUpdate(t *testing.T) {
	s := fixture.MendedStory(t)
	require.NotContains(t, s.Sent, incident.UpdateKey(12))
	var refusal *escalation.Refusal
	require.ErrorAs(t, s.Act(escalation.Action{Kind: escalation.SetUpdate, Actor: fixture.Lisi, Text: messages.Literal("x")}), &refusal)
	require.Equal(t, "escalation.refused.updates_off", refusal.Message.ID)

	s.Policy.UpdatesChannel = "C0STATUS"
	s.Must(escalation.Action{Kind: escalation.Note, Actor: fixture.Lisi, Text: messages.Literal("x")})
	require.NotContains(t, s.Sent, incident.UpdateKey(12), "what was over before is no news")
}
