package workspace

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"opsbot/slacksim/blockkit"
)

// Limits on text (SF-4.2, SF-4.3, SF-4.6).
const (
	splitAbove  = 4040
	splitSize   = 4000
	maxText     = 40000
	maxMarkdown = 12000
	MaxUpdate   = 4000
)

// maxMetadata is a choice: Slack has a limit but does not publish it (SF-8.1).
const maxMetadata = 8000

// Draft is a message as a caller wants it, before it is posted.
type Draft struct {
	Text                          string
	Blocks, Attachments, Metadata json.RawMessage
	ThreadTS, Username            string
	Broadcast                     bool
}

// UseMarkdown turns markdown_text into a markdown block (SF-4.6, SF-4.11).
func (d *Draft) UseMarkdown(markdown string) error {
	if markdown == "" {
		return nil
	}
	if d.Text != "" || len(d.Blocks) > 0 {
		return fail("markdown_text_conflict")
	}
	if utf8.RuneCountInString(markdown) > maxMarkdown {
		return fail("msg_too_long")
	}
	d.Text = markdown
	d.Blocks, _ = json.Marshal([]obj{{"type": "markdown", "text": markdown}})
	return nil
}

// Check validates the draft for one route, such as "chat.postMessage", and
// normalises its blocks. It returns Slack's warnings.
func (w *Workspace) Check(route string, d *Draft) (warnings []string, err error) {
	blocks, err := w.checkBlocks(route, d)
	if err != nil {
		return nil, err
	}
	d.Blocks = blocks
	if err := d.checkAttachments(); err != nil {
		return nil, err
	}
	if err := d.checkMetadata(); err != nil {
		return nil, err
	}
	if IsBlank(d.Text) && d.Blocks == nil && d.Attachments == nil {
		return nil, fail("no_text") // SF-6.18
	}
	if d.Blocks != nil && IsBlank(d.Text) { // SF-4.72
		w.Violate(violationBlocksWithoutText, "%s sent blocks without a text", route)
		warnings = append(warnings, "missing_text_in_message")
	}
	return warnings, nil
}

func (w *Workspace) checkBlocks(route string, d *Draft) (json.RawMessage, error) {
	if len(d.Blocks) == 0 {
		return nil, nil
	}
	list, err := blockkit.Decode(d.Blocks)
	if err != nil {
		return nil, fail("invalid_blocks_format") // SF-6.7
	}
	if len(list) == 0 {
		return nil, nil
	}
	if err := w.blockErrors(route, blockkit.Message(d.Blocks, d.Text), "invalid_blocks", true); err != nil {
		return nil, err
	}
	return w.withIDs(list), nil
}

// blockErrors turns problems into Slack's answer (SF-6.4); warnings become
// violations.
func (w *Workspace) blockErrors(route string, problems []blockkit.Problem, code string, both bool) error {
	e := &APIError{Code: code}
	for _, p := range problems {
		line := fmt.Sprintf("%s [json-pointer:%s]", p.Message, p.Pointer)
		if p.Warning && p.Pointer == "/text" {
			continue // check has its own word for a missing text
		}
		if p.Warning {
			w.Violate(violationBlocksWarning, "%s: %s", route, line)
			continue
		}
		if p.Code != "" {
			e.Code = p.Code
		}
		e.Messages = append(e.Messages, "[ERROR] "+line)
		if both {
			e.Errors = append(e.Errors, line)
		}
	}
	if len(e.Messages) == 0 {
		return nil
	}
	w.Violate(violationInvalidBlocks, "%s: %s: %s", route, e.Code, e.Messages[0])
	return e
}

func (d *Draft) checkAttachments() error {
	if len(d.Attachments) == 0 {
		return nil
	}
	list, err := blockkit.Decode(d.Attachments)
	if err != nil {
		return fail("invalid_attachments")
	}
	if len(list) > 100 {
		return fail("too_many_attachments") // SF-4.8
	}
	for _, a := range list {
		nested, ok := a["blocks"]
		if !ok {
			continue
		}
		raw, _ := json.Marshal(nested)
		for _, p := range blockkit.Message(raw, "-") {
			if !p.Warning {
				return &APIError{Code: "invalid_attachments", Messages: []string{"[ERROR] " + p.Message + " [json-pointer:" + p.Pointer + "]"}}
			}
		}
	}
	if len(list) == 0 {
		d.Attachments = nil
	}
	return nil
}

func (d *Draft) checkMetadata() error {
	if len(d.Metadata) == 0 {
		return nil
	}
	var m struct {
		EventType    *string        `json:"event_type"`
		EventPayload map[string]any `json:"event_payload"`
	}
	if string(bytes.TrimSpace(d.Metadata)) == "{}" {
		d.Metadata = nil
		return nil
	}
	if json.Unmarshal(d.Metadata, &m) != nil {
		return fail("invalid_metadata_format")
	}
	if m.EventType == nil || *m.EventType == "" || m.EventPayload == nil {
		return fail("invalid_metadata_schema")
	}
	if len(d.Metadata) > maxMetadata {
		return fail("metadata_too_large")
	}
	return nil
}

// withIDs fills in the block_ids and action_ids that the app left out, as
// Slack does.
func (w *Workspace) withIDs(blocks []map[string]any) json.RawMessage {
	for _, b := range blocks {
		if s, _ := b["block_id"].(string); s == "" {
			b["block_id"] = w.shortID()
		}
		for _, e := range blockkit.Elements(b) {
			if s, _ := e["action_id"].(string); s == "" && blockkit.IsInteractive(e) {
				e["action_id"] = w.shortID()
			}
		}
	}
	raw, err := json.Marshal(blocks)
	if err != nil {
		return nil // cannot happen: it came from JSON
	}
	return raw
}

func (w *Workspace) shortID() string {
	const letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
	b := make([]byte, 5)
	for i := range b {
		b[i] = letters[w.Rand.IntN(len(letters))]
	}
	return string(b)
}

// IsBlank tells whether a text holds nothing but white space.
func IsBlank(s string) bool { return len(bytes.TrimSpace([]byte(s))) == 0 }

// parts cuts a text as Slack does (SF-4.2, SF-4.3).
func (w *Workspace) parts(route string, d *Draft) []string {
	runes := []rune(d.Text)
	if d.Blocks != nil || len(runes) <= splitAbove {
		return []string{d.Text}
	}
	w.Violate(violationTextSplit, "%s: a text of %d characters is split by Slack", route, len(runes))
	runes = runes[:min(len(runes), maxText)]
	var parts []string
	for len(runes) > 0 {
		n := min(len(runes), splitSize)
		parts = append(parts, string(runes[:n]))
		runes = runes[n:]
	}
	return parts
}
