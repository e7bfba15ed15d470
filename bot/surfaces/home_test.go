package surfaces

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/bot/render"
	"opsbot/bot/slacktest"
	"opsbot/messages"
	"opsbot/slacksim"
)

type homeCards []messages.Card

func (h homeCards) Cards(context.Context, string) ([]messages.Card, string, error) {
	return h, messages.English, nil
}

func homeCard(n int) messages.Card {
	return messages.Card{
		Title:   messages.Literal(fmt.Sprint("section ", n)),
		Facts:   []messages.Fact{{Label: messages.Literal("state"), Value: messages.Literal("open")}},
		Actions: []messages.Action{{Name: "run", Label: messages.Literal("Health"), Value: "health"}},
	}
}

func TestHomeShowsCardsBelowEachOther(t *testing.T) {
	slacktest.Run(t, slacksim.Options{}, func(t *testing.T, w *slacktest.Workspace) {
		dba := w.User("dba")
		home := Home{Slack: w.Client, Renderer: &render.Renderer{Catalogue: slacktest.Catalogue(t), Locale: messages.English}, Source: homeCards{homeCard(1), homeCard(2)}}
		require.NoError(t, home.Publish(t.Context(), dba.ID()))
		view, err := dba.WaitHome(t.Context(), "section 2")
		require.NoError(t, err)
		require.Len(t, view.Buttons(), 2)
	})
}

func TestHomeFitsWhateverThereIs(t *testing.T) {
	slacktest.Run(t, slacksim.Options{}, func(t *testing.T, w *slacktest.Workspace) {
		cards := homeCards{}
		for n := range 60 {
			cards = append(cards, homeCard(n))
		}
		home := Home{Slack: w.Client, Renderer: &render.Renderer{Catalogue: slacktest.Catalogue(t), Locale: messages.English}, Source: cards}
		require.NoError(t, home.Publish(t.Context(), w.User("dba").ID()))
		_, err := w.User("dba").WaitHome(t.Context(), "more sections")
		require.NoError(t, err)
	})
}
