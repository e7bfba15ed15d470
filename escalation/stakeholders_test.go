package escalation_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/messages"
)

func TestStakeholdersHaveOneMessageThatIsKeptCurrent(t *testing.T) {
	s := newStory(t)
	s.policy.UpdatesChannel = "C0STATUS"
	a := alert(1, "service", "order-service", "instance", "10.0.0.7:5432")
	s.observe(a)
	require.Contains(t, s.told(), "INC-12 · critical · order-service")
	require.Contains(t, s.told(), "somebody is being called")
	s.must(escalation.Action{Kind: escalation.Ack, Actor: lisi})
	require.Contains(t, s.told(), "somebody is looking for the cause")
	require.Contains(t, s.told(), "李四")
	require.NotContains(t, s.told(), lisi, "a mention would call the owner there")
	s.must(escalation.Action{Kind: escalation.Diagnosed, Actor: lisi, Text: messages.Literal("disk full")})
	require.Contains(t, s.told(), "the cause is known")
	s.must(escalation.Action{Kind: escalation.SetUpdate, Actor: lisi, Text: messages.Literal("Orders are late, none is lost.")})
	require.Contains(t, s.told(), "Orders are late, none is lost. (2026-03-02 09:00 UTC)")
	require.Contains(t, s.reported(), "told the stakeholders: Orders are late")
	s.now = s.now.Add(10 * time.Minute)
	s.observe(resolved(a, s.now))
	require.Contains(t, s.told(), "being watched")
	s.pass(time.Hour)
	require.Contains(t, s.told(), "resolved after 10m")
	for _, inside := range []string{"10.0.0.7", "PostgresDown", "postgres does not answer", "disk full", "wiki.example.com"} {
		require.NotContains(t, s.told(), inside, "that is nobody else's business")
	}
}

func TestStakeholdersAreNotPromisedSomebodyWhoIsNotCalled(t *testing.T) {
	s := newHeldStory(t)
	s.policy.UpdatesChannel = "C0STATUS"
	s.observe(info(1))
	require.Contains(t, s.told(), "somebody is called from 2026-03-02 09:00 UTC")
	s.pass(24 * time.Hour)
	require.Contains(t, s.told(), "somebody is being called")
}

func TestStakeholdersHearNothingOfOpsbotsOwnTrouble(t *testing.T) {
	s := newStory(t)
	s.policy.UpdatesChannel = "C0STATUS"
	s.observe(escalation.Concern{Name: "SlackMessageLost", Severity: escalation.Warning, Since: s.now}.Alert("opsbot/delivery"))
	require.NotContains(t, s.sent, escalation.UpdateKey(12))
	s.must(escalation.Action{Kind: escalation.SetUpdate, Actor: lisi, Text: messages.Literal("Updates may be late.")})
	require.Contains(t, s.told(), "Updates may be late.")
}

func TestWithoutAChannelForStakeholdersThereIsNoUpdate(t *testing.T) {
	s := mendedStory(t)
	require.NotContains(t, s.sent, escalation.UpdateKey(12))
	var refusal *escalation.Refusal
	require.ErrorAs(t, s.act(escalation.Action{Kind: escalation.SetUpdate, Actor: lisi, Text: messages.Literal("x")}), &refusal)
	require.Equal(t, "escalation.refused.updates_off", refusal.Message.ID)

	s.policy.UpdatesChannel = "C0STATUS"
	s.must(escalation.Action{Kind: escalation.Note, Actor: lisi, Text: messages.Literal("x")})
	require.NotContains(t, s.sent, escalation.UpdateKey(12), "what was over before is no news")
}
