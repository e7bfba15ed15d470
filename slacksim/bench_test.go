package slacksim_test

import (
	"testing"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"opsbot/slacksim"
)

// BenchmarkPost posts into one channel; the cost must not grow with the number
// of messages in it.
func BenchmarkPost(b *testing.B) {
	w := slacksim.New(b, slacksim.Options{RateLimit: slacksim.RateOff})
	api := slack.New(w.BotToken(), slack.OptionAPIURL(w.APIURL()))
	channel := w.ChannelID("#incidents")
	b.ReportAllocs()
	for b.Loop() {
		_, _, err := api.PostMessage(channel, slack.MsgOptionText("alert", false), slack.MsgOptionBlocks(section("disk full on node-17")))
		require.NoError(b, err)
	}
}
