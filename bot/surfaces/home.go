package surfaces

import (
	"context"
	"fmt"
	"strconv"

	"github.com/slack-go/slack"

	"opsbot/bot"
	"opsbot/bot/render"
	"opsbot/messages"
)

// homeBlocks is what Slack shows on a Home tab at most (SF-4.1).
const homeBlocks = 100

// HomeSource knows what a person's Home tab shows, most important first: who am I here, open incidents, my pages, quick
// operations. locale is the language of the person.
type HomeSource interface {
	Cards(ctx context.Context, user string) (cards []messages.Card, locale string, err error)
}

// Home publishes Home tabs.
type Home struct {
	Slack    *slack.Client
	Renderer *render.Renderer
	Source   HomeSource
}

// Publish updates the Home tab of user.
func (h *Home) Publish(ctx context.Context, user string) error {
	cards, locale, err := h.Source.Cards(ctx, user)
	if err != nil {
		return fmt.Errorf("gather home of %s: %w", user, err)
	}
	view := slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: h.blocks(cards, locale)}}
	if _, err := h.Slack.PublishViewContext(ctx, slack.PublishViewContextRequest{UserID: user, View: view}); err != nil {
		return fmt.Errorf("publish home of %s: %s: %w", user, bot.ErrorDetail(err), err)
	}
	return nil
}

// blocks puts the cards below each other. A card that does not fit any more is left out whole, and the last line says so.
func (h *Home) blocks(cards []messages.Card, locale string) []slack.Block {
	var all []slack.Block
	for i, card := range cards {
		blocks := h.Renderer.Message(card, locale).Blocks
		if len(all)+len(blocks)+2 > homeBlocks {
			text := h.Renderer.Catalogue.Printer(locale, messages.Plain()).Text(messages.New("bot.home_more", "count", len(cards)-i))
			return append(all, slack.NewContextBlock("", slack.NewTextBlockObject(slack.PlainTextType, text, false, false)))
		}
		if i > 0 {
			all = append(all, slack.NewDividerBlock())
		}
		all = append(all, withUniqueBlockIDs(blocks, i)...)
	}
	return all
}

// withUniqueBlockIDs prefixes the block ids of one card, because they must be unique in the view (SF-4.20).
func withUniqueBlockIDs(blocks []slack.Block, card int) []slack.Block {
	for _, b := range blocks {
		prefix := strconv.Itoa(card) + "."
		switch b := b.(type) {
		case *slack.ActionBlock:
			b.BlockID = withPrefix(prefix, b.BlockID)
		case *slack.SectionBlock:
			b.BlockID = withPrefix(prefix, b.BlockID)
		case *slack.ContextBlock:
			b.BlockID = withPrefix(prefix, b.BlockID)
		case *slack.HeaderBlock:
			b.BlockID = withPrefix(prefix, b.BlockID)
		}
	}
	return blocks
}

func withPrefix(prefix, id string) string {
	if id == "" {
		return ""
	}
	return prefix + id
}
