package deliver

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/messages"
	"opsbot/slacksim"
)

// wideTable is too wide for a phone.
func wideTable(name string) func(*messages.Outbound) {
	return func(m *messages.Outbound) {
		m.Card.Sections = []messages.Section{{Table: &messages.Table{
			Columns: []messages.Column{{Title: messages.Literal("Service")}, {Title: messages.Literal("Image")}},
			Rows:    [][]messages.Text{{messages.Literal(name), messages.Literal("registry.example.com/ecommerce/order-service:v2.3.0")}},
		}}}
	}
}

// forms tells of the bot's messages how their tables are drawn.
func forms(list []slacksim.Message) (out []string) {
	for _, m := range list {
		blocks := string(m.Blocks)
		switch {
		case strings.Contains(blocks, `"type":"table"`):
			out = append(out, "table")
		case strings.Contains(blocks, "· Image: "):
			out = append(out, "stacked")
		case strings.Contains(m.Plain, "registry.example.com"):
			out = append(out, "text")
		default:
			out = append(out, "?")
		}
	}
	return out
}

func (d *delivery) refuseBlocks(method, code string, times int) {
	d.slack.Inject(slacksim.Fault{Kind: slacksim.FaultError, Method: method, Code: code, N: times})
}

func TestRefusedTableIsPostedStacked(t *testing.T) {
	for _, code := range []string{"invalid_blocks", "invalid_attachments", "never_heard_of"} {
		t.Run(code, func(t *testing.T) {
			inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
				d.refuseBlocks(methodPost, code, 1)
				d.start()
				d.say("a", "status", wideTable("order"))
				d.settle(time.Minute)
				require.Equal(t, []string{"stacked"}, forms(d.slack.Messages("#incidents")))
				require.Empty(t, d.outbox.failedRows())
			})
		})
	}
}

func TestTableIsPostedAsTextWhereNoBlocksAreAccepted(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		d.refuseBlocks(methodPost, "invalid_blocks", 2)
		d.start()
		d.say("a", "status", wideTable("order"))
		d.settle(time.Minute)
		d.say("b", "status", wideTable("order"))
		d.settle(time.Minute)
		require.Equal(t, []string{"text", "table"}, forms(d.slack.Messages("#incidents")), "the table was not the cause")
	})
}

func TestTablesRestAfterARefusal(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		d.refuseBlocks(methodPost, "invalid_blocks", 1)
		d.start()
		for _, key := range []string{"a", "b"} {
			d.say(key, "status", wideTable("order"))
			d.settle(time.Minute)
		}
		require.Equal(t, 3, d.slack.CallCount(methodPost), "the second message was not tried with a table")
		time.Sleep(tablesRest)
		d.say("c", "status", wideTable("order"))
		d.settle(time.Minute)
		require.Equal(t, []string{"stacked", "stacked", "table"}, forms(d.slack.Messages("#incidents")))
	})
}

func TestTableIsEditedInPlace(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		d.start()
		for _, name := range []string{"order", "payment", "user"} {
			d.say("watch", "watching", wideTable(name))
			d.settle(time.Minute)
		}
		list := d.slack.Messages("#incidents")
		require.Equal(t, []string{"table"}, forms(list))
		require.Contains(t, string(list[0].Blocks), `"user"`)

		d.refuseBlocks(methodUpdate, "invalid_blocks", 1)
		d.say("watch", "watching", wideTable("api"))
		d.settle(time.Minute)
		list = d.slack.Messages("#incidents")
		require.Equal(t, []string{"stacked"}, forms(list))
		require.Contains(t, string(list[0].Blocks), "*api*")
	})
}

func TestTableThatSlackFailsOnIsLeftOut(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		d.refuseBlocks(methodPost, "internal_error", noTableAfter)
		d.start()
		d.say("a", "status", wideTable("order"))
		d.settle(10 * time.Minute)
		require.Equal(t, []string{"stacked"}, forms(d.slack.Messages("#incidents")))
	})
}

func TestEphemeralTableIsStacked(t *testing.T) {
	withCommand(t, slacksim.Options{}, "#incidents", func(t *testing.T, d *delivery, url string) {
		d.ephemeral("a", "status", url, wideTable("order"))
		d.ephemeral("b", "status", "", wideTable("order"))
		d.settle(time.Minute)
		var own []slacksim.Message
		for _, m := range d.slack.Messages("#incidents") {
			if m.Ephemeral != "" {
				own = append(own, m)
			}
		}
		require.Equal(t, []string{"stacked", "stacked"}, forms(own))
	})
}
