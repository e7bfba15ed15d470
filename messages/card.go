package messages

// Card is the neutral form of one message: what it says, not how Slack draws it. bot renders it so that no limit of
// Block Kit can be exceeded (long parts are shortened or become a file), and the Markdown printer renders it for
// timelines and the tour's transcript. A Card is JSON-stable; it is stored in the outbox.
type Card struct {
	// Tone is the state at a glance, shown as a symbol before the title.
	Tone Tone `json:"tone,omitempty"`
	// Title is one line. It is also the notification text unless Notification is set.
	Title        Text `json:"title"`
	Notification Text `json:"notification,omitzero"`
	// Facts are short label-value pairs, shown in two columns.
	Facts []Fact `json:"facts,omitempty"`
	// Sections follow in order.
	Sections []Section `json:"sections,omitempty"`
	// Actions are the buttons under the message.
	Actions []Action `json:"actions,omitempty"`
	// Footer is small print: who asked, the call's id, how long it took.
	Footer []Text `json:"footer,omitempty"`
	// Files are uploaded into the message's thread; use them for output too long to read in a message.
	Files []File `json:"files,omitempty"`
}

// Tone is the state a card reports.
type Tone string

// The tones.
const (
	ToneNone    Tone = ""
	ToneGood    Tone = "good"
	ToneWarning Tone = "warning"
	ToneBad     Tone = "bad"
	ToneRunning Tone = "running"
	ToneInfo    Tone = "info"
)

// Fact is a label with its value.
type Fact struct {
	Label Text `json:"label"`
	Value Text `json:"value"`
}

// Section is one part of a card. Exactly one field is set.
type Section struct {
	Text    *Text    `json:"text,omitempty"`
	List    []Text   `json:"list,omitempty"`
	Table   *Table   `json:"table,omitempty"`
	Code    *Block   `json:"code,omitempty"`
	Actions []Action `json:"actions,omitempty"`
	Finding *Finding `json:"finding,omitempty"`
}

// Paragraph is a section of running text.
func Paragraph(t Text) Section { return Section{Text: &t} }

// Table has one header row; every row has as many cells as the header. Columns whose Right is true hold numbers.
type Table struct {
	Columns []Column `json:"columns"`
	Rows    [][]Text `json:"rows"`
}

// Column is a column's heading and alignment.
type Column struct {
	Title Text `json:"title"`
	Right bool `json:"right,omitempty"`
}

// Block is preformatted text: a diff, log lines. It is untrusted and escaped when rendered.
type Block struct {
	// Language is a hint: "diff", "log" or "".
	Language string `json:"language,omitempty"`
	Content  string `json:"content"`
}

// Finding is one observation with its severity and, where there is one, the operation that addresses it.
type Finding struct {
	Tone   Tone    `json:"tone"`
	Text   Text    `json:"text"`
	Action *Action `json:"action,omitempty"`
}

// Style is a button's weight.
type Style string

// The styles of Slack's buttons.
const (
	StyleDefault Style = ""
	StylePrimary Style = "primary"
	StyleDanger  Style = "danger"
)

// Action is a button or, with Options, a select menu. Name says what a press means (see the handlers), Value is handed
// back unchanged, at most 2,000 characters (SF-4.51; an option's value at most 75, SF-4.53).
type Action struct {
	Name    string   `json:"name"`
	Label   Text     `json:"label"`
	Value   string   `json:"value,omitempty"`
	URL     string   `json:"url,omitempty"`
	Style   Style    `json:"style,omitempty"`
	Confirm *Confirm `json:"confirm,omitempty"`
	Options []Option `json:"options,omitempty"`
}

// Option is one choice of a select menu.
type Option struct {
	Label Text   `json:"label"`
	Value string `json:"value"`
}

// Confirm is the question asked before a press counts.
type Confirm struct {
	Title Text `json:"title"`
	Text  Text `json:"text"`
	Yes   Text `json:"yes"`
	No    Text `json:"no"`
}

// File is attached to a message: a text, or a picture. Content is at most 1 MB (SF: snippet_too_large).
type File struct {
	Name    string `json:"name"`
	Title   Text   `json:"title"`
	Content []byte `json:"content"`
}
