package bot

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/messages"
	"opsbot/slacksim"
)

type homeCards []messages.Card

func (h homeCards) Home(context.Context, string) ([]messages.Card, string, error) {
	return h, messages.English, nil
}

func homeCard(n int) messages.Card {
	return messages.Card{
		Title:   lit(fmt.Sprint("section ", n)),
		Facts:   []messages.Fact{fact("state", lit("open"))},
		Actions: []messages.Action{{Name: "run", Label: lit("Health"), Value: "health"}},
	}
}

func TestHomeShowsCardsBelowEachOther(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		dba := d.slack.User("dba")
		home := Home{Slack: d.config.Slack, Renderer: d.config.Renderer, Source: homeCards{homeCard(1), homeCard(2)}}
		require.NoError(t, home.Publish(t.Context(), dba.ID()))
		view, err := dba.WaitHome(t.Context(), "section 2")
		require.NoError(t, err)
		require.Len(t, view.Buttons(), 2)
	})
}

func TestHomeFitsWhateverThereIs(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		cards := homeCards{}
		for n := range 60 {
			cards = append(cards, homeCard(n))
		}
		home := Home{Slack: d.config.Slack, Renderer: d.config.Renderer, Source: cards}
		require.NoError(t, home.Publish(t.Context(), d.slack.User("dba").ID()))
		_, err := d.slack.User("dba").WaitHome(t.Context(), "more sections")
		require.NoError(t, err)
	})
}
