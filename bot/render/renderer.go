package render

import (
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"opsbot/bot/mrkdwn"
	"opsbot/messages"
)

// Renderer turns cards into Slack messages. Whatever the card holds, the result is within every limit of Block Kit
// (SF-4.x) and mentions nobody but the card's own User and Channel values. It is safe for concurrent use.
type Renderer struct {
	Catalogue *messages.Catalogue
	// Locale is used where a message names none or one that the catalogue does not have.
	Locale string
}

// Message is a card as Slack takes it.
type Message struct {
	// Text is the notification and screen-reader text, at most 4,000 bytes and never empty (SF-4.4, SF-4.72).
	Text   string
	Blocks []slack.Block
	// Overflow holds in full what the blocks only show the beginning of (of a log the end). The card's own Files are not in it.
	Overflow []messages.File
	// HasTable: one of the blocks is Slack's own table, which older clients and some workspaces do not have.
	HasTable bool
}

// Message renders card in locale. From top to bottom: title with the tone's symbol, facts in two columns, sections, actions,
// small print. Actions that Slack would refuse (Name missing, value, URL or options out of bounds) are left out.
func (r *Renderer) Message(card messages.Card, locale string) Message {
	return r.rendering(card, locale).message(card)
}

// MessageWithTable is like Message, but the first table that is too wide for a phone is Slack's own table; a message takes no more
// than one (SF-4.30).
func (r *Renderer) MessageWithTable(card messages.Card, locale string) Message {
	m := r.rendering(card, locale)
	m.mayUseTable = true
	return m.message(card)
}

func (m *rendering) message(card messages.Card) Message {
	// The most important parts take their space first; sections share what is left.
	title := m.title(card)
	facts := m.facts(card.Facts)
	footer := m.footer(card.Footer)
	actions := m.actions("actions", card.Actions, maxActionText)
	sections := m.sections(card.Sections)
	blocks := slices.Concat(title, facts, sections, actions, m.cutNote(), footer)
	if len(blocks) == 0 {
		blocks = []slack.Block{m.section("empty", dash)}
	}
	return Message{Text: m.notification(card), Blocks: blocks, Overflow: m.files, HasTable: m.hasTable}
}

// dash is shown if a text is required and there is none.
const dash = "–"

// rendering is the state of rendering one card.
type rendering struct {
	mrkdwn, plain *messages.Printer
	// file prints for text files, where nothing is escaped.
	file     *messages.Printer
	heading  string
	space    space
	actionID map[string]int
	fileName map[string]int
	files    []messages.File
	// cut is set when something was shortened without a note of its own.
	cut bool
	// mayUseTable: the next wide table may be Slack's own. hasTable: there is one.
	mayUseTable, hasTable bool
}

func (r *Renderer) rendering(card messages.Card, locale string) *rendering {
	locale = r.Catalogue.Match(locale, r.Catalogue.Match(r.Locale, messages.English))
	m := &rendering{
		mrkdwn:   r.Catalogue.Printer(locale, mrkdwn.Format()),
		plain:    r.Catalogue.Printer(locale, mrkdwn.PlainFormat()),
		file:     r.Catalogue.Printer(locale, messages.Plain()),
		space:    space{blocks: maxBlocks - noteBlocks, text: maxMessageText - noteText},
		actionID: map[string]int{},
		fileName: map[string]int{},
	}
	m.heading = mrkdwn.CutPlain(messages.OneLine(m.plain.Text(card.Title)), maxHeader)
	return m
}

// notification is the fallback text.
func (m *rendering) notification(card messages.Card) string {
	t := card.Notification
	if t.IsZero() {
		t = card.Title
	}
	s := messages.OneLine(m.mrkdwn.Text(t))
	if s == "" {
		s = dash
	}
	s, _ = mrkdwn.Cut(card.Tone.Mark(s), maxFallbackBytes, func(s string) int { return len(s) })
	return s
}

// title is a header on a report, a bold line on a card with some body, a plain line where the title is all there is: a thread
// of short entries must stay calm. Headers cannot show mentions, so a title with one is never a header.
func (m *rendering) title(card messages.Card) []slack.Block {
	plain := card.Tone.Mark(messages.OneLine(m.plain.Text(card.Title)))
	if strings.TrimSpace(plain) == "" {
		return nil
	}
	if isReport(card) && !mentions(card.Title) && runes(plain) <= maxHeader {
		m.space.take(1, runes(plain))
		return []slack.Block{slack.NewHeaderBlock(PlainText(plain, maxHeader), slack.HeaderBlockOptionBlockID("title"))}
	}
	text, cut := mrkdwn.Cut(messages.OneLine(m.mrkdwn.Text(card.Title)), maxTitle, runes)
	if cut {
		m.overflow("title.txt", m.file.Text(card.Title))
		m.cut = true
	}
	if text != "" && hasBody(card) {
		text = "*" + text + "*"
	}
	text = card.Tone.Mark(text)
	m.space.take(1, runes(text))
	return []slack.Block{m.section("title", text)}
}

func isReport(card messages.Card) bool { return len(card.Facts) > 0 || len(card.Sections) > 1 }

func hasBody(card messages.Card) bool {
	return len(card.Facts)+len(card.Sections)+len(card.Actions) > 0
}

// mentions reports whether t names a person or channel, also inside a nested text.
func mentions(t messages.Text) bool {
	for _, v := range t.Args {
		switch {
		case v.Kind == messages.KindUser, v.Kind == messages.KindChannel:
			return true
		case v.Text != nil && mentions(*v.Text):
			return true
		}
	}
	return false
}

func (m *rendering) footer(texts []messages.Text) []slack.Block {
	var parts []string
	for _, t := range texts {
		if s := messages.OneLine(m.mrkdwn.Text(t)); s != "" {
			parts = append(parts, s)
		}
	}
	if len(parts) == 0 {
		return nil
	}
	text, cut := mrkdwn.Cut(strings.Join(parts, " · "), maxFooter, runes)
	if cut {
		m.overflow("footer.txt", m.file.CardPlain(messages.Card{Footer: texts}))
		m.cut = true
	}
	m.space.take(1, runes(text))
	return []slack.Block{slack.NewContextBlock("footer", mrkdwnText(text))}
}

// cutNote tells the reader where the whole of a shortened text is; its room was set aside from the start.
func (m *rendering) cutNote() []slack.Block {
	if !m.cut {
		return nil
	}
	return []slack.Block{slack.NewContextBlock("cut", mrkdwnText(m.mrkdwn.Text(messages.New("card.cut"))))}
}
