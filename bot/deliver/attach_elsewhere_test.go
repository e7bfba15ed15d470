package deliver

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/messages"
	"opsbot/slacksim"
)

// filesOfMessages are the titles of the files of messages.
func filesOfMessages(list []slacksim.Message) (titles []string) {
	for _, m := range list {
		for _, f := range m.Files {
			titles = append(titles, f.Title)
		}
	}
	return titles
}

// Slack lets a bot write in a public channel that it is not in, but share no file there.
func TestFilesOfAChannelThatTheBotIsNotIn(t *testing.T) {
	cannotJoin := slacksim.Fault{Kind: slacksim.FaultError, Method: methodJoin, Code: "method_not_supported_for_channel_type", N: 100}
	noFiles := slacksim.Fault{Kind: slacksim.FaultError, Method: methodUploadDone, Code: "posting_to_channel_denied"}
	for name, c := range map[string]struct {
		faults []slacksim.Fault
		asked  bool
		where  string // of the files
		says   string
	}{
		"it joins":                     {asked: true, where: "thread"},
		"it cannot join":               {faults: []slacksim.Fault{cannotJoin}, asked: true, where: "dm", says: "takes no files from me (not_in_channel): they are in the direct messages of whoever asked"},
		"it cannot join, nobody asked": {faults: []slacksim.Fault{cannotJoin}, says: "could not be attached: Slack refused it (not_in_channel)"},
		"no files there":               {faults: []slacksim.Fault{noFiles}, asked: true, where: "dm", says: "takes no files from me (posting_to_channel_denied)"},
	} {
		t.Run(name, func(t *testing.T) {
			inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
				for _, fault := range c.faults {
					d.slack.Inject(fault)
				}
				change := []func(*messages.Outbound){to(d.slack.ChannelID("#general")), file("user.log", "line 1\n")}
				if c.asked {
					change = append(change, askedBy(d.slack.User("dba").ID()))
				}
				d.start()
				d.say("logs", "logs of user-service", change...)
				d.settle(2 * time.Minute)
				d.say("logs", "logs of user-service, again", change...)
				d.settle(2 * time.Minute)

				root, found := d.slack.Message("#general", d.outbox.row("logs").TS)
				require.True(t, found)
				require.Contains(t, root.Plain, "again")
				if c.says == "" {
					require.NotContains(t, root.Text(), "file")
				} else {
					require.Contains(t, root.Text(), c.says)
				}
				inThread, inDM := filesOfMessages(d.slack.Thread("#general", root.TS)), filesOfMessages(d.slack.DMs("dba"))
				want := map[string][]string{c.where: {"user.log"}}
				require.Equal(t, want["thread"], inThread)
				require.Equal(t, want["dm"], inDM)
			})
		})
	}
}

// An answer for one person alone does not claim that a file is where it is not.
func TestAFileThatSlackRefusesIsSaidToBeMissing(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		d.slack.Inject(slacksim.Fault{Kind: slacksim.FaultError, Method: methodUploadURL, Code: "storage_limit_reached", N: 100})
		d.start()
		d.say("who", "who you are", file("who.txt", "x"), func(m *messages.Outbound) { m.EphemeralTo = d.slack.User("dba").ID() })
		d.settle(2 * time.Minute)
		m, err := d.slack.WaitMessage(t.Context(), slacksim.EphemeralTo("dba"))
		require.NoError(t, err)
		require.Contains(t, m.Text(), "could not be attached: Slack refused it (storage_limit_reached)")
	})
}

// Another version says it too: of a new opsbot, and where the files are in it no more. No file goes out twice.
func TestWhereFilesAreIsRememberedAfterARestart(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		d.slack.Inject(slacksim.Fault{Kind: slacksim.FaultError, Method: methodUploadDone, Code: "posting_to_channel_denied"})
		general, asked := to(d.slack.ChannelID("#general")), askedBy(d.slack.User("dba").ID())
		d.start()
		d.say("logs", "logs of user-service", general, asked, file("user.log", "line 1\n"))
		d.settle(2 * time.Minute)
		for text, more := range map[string][]func(*messages.Outbound){
			"the same file": {general, asked, file("user.log", "line 1\n")}, "no file": {general, asked},
		} {
			d.stop()
			d.start()
			uploads := d.slack.CallCount(methodUploadDone)
			d.say("logs", text, more...)
			d.settle(2 * time.Minute)
			m, found := d.slack.Message("#general", d.outbox.row("logs").TS)
			require.True(t, found)
			require.Contains(t, m.Text(), "takes no files from me (posting_to_channel_denied)", text)
			require.Equal(t, uploads, d.slack.CallCount(methodUploadDone), text)
		}
		require.Equal(t, []string{"user.log"}, filesOfMessages(d.slack.DMs("dba")))
		require.Empty(t, filesOfMessages(d.slack.Thread("#general", d.outbox.row("logs").TS)))

		d.say("logs", "another file", general, asked, file("user.log", "line 2\n"))
		d.settle(2 * time.Minute)
		require.Len(t, filesOfMessages(d.slack.Thread("#general", d.outbox.row("logs").TS)), 1, "what the channel takes now stands there")
	})
}
