package slacksim

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
	maxUpdate   = 4000
)

// maxMetadata is a choice: Slack has a limit but does not publish it (SF-8.1).
const maxMetadata = 8000

// draft is a message as a caller wants it, before it is posted.
type draft struct {
	text                          string
	blocks, attachments, metadata json.RawMessage
	threadTS, username            string
	broadcast                     bool
}

// useMarkdown turns markdown_text into a markdown block (SF-4.6, SF-4.11).
func (d *draft) useMarkdown(markdown string) error {
	if markdown == "" {
		return nil
	}
	if d.text != "" || len(d.blocks) > 0 {
		return fail("markdown_text_conflict")
	}
	if utf8.RuneCountInString(markdown) > maxMarkdown {
		return fail("msg_too_long")
	}
	d.text = markdown
	d.blocks, _ = json.Marshal([]obj{{"type": "markdown", "text": markdown}})
	return nil
}

// check validates the draft for one route, such as "chat.postMessage", and
// normalises its blocks. It returns Slack's warnings.
func (w *core) check(route string, d *draft) (warnings []string, err error) {
	blocks, err := w.checkBlocks(route, d)
	if err != nil {
		return nil, err
	}
	d.blocks = blocks
	if err := d.checkAttachments(); err != nil {
		return nil, err
	}
	if err := d.checkMetadata(); err != nil {
		return nil, err
	}
	if isBlank(d.text) && d.blocks == nil && d.attachments == nil {
		return nil, fail("no_text") // SF-6.18
	}
	if d.blocks != nil && isBlank(d.text) { // SF-4.72
		w.violate(violationBlocksWithoutText, "%s sent blocks without a text", route)
		warnings = append(warnings, "missing_text_in_message")
	}
	return warnings, nil
}

func (w *core) checkBlocks(route string, d *draft) (json.RawMessage, error) {
	if len(d.blocks) == 0 {
		return nil, nil
	}
	list, err := decodeObjects(d.blocks)
	if err != nil {
		return nil, fail("invalid_blocks_format") // SF-6.7
	}
	if len(list) == 0 {
		return nil, nil
	}
	if err := w.blockErrors(route, blockkit.Message(d.blocks, d.text), "invalid_blocks", true); err != nil {
		return nil, err
	}
	return w.withIDs(list), nil
}

// blockErrors turns problems into Slack's answer (SF-6.4); warnings become
// violations.
func (w *core) blockErrors(route string, problems []blockkit.Problem, code string, both bool) error {
	e := &apiError{code: code}
	for _, p := range problems {
		line := fmt.Sprintf("%s [json-pointer:%s]", p.Message, p.Pointer)
		if p.Warning && p.Pointer == "/text" {
			continue // check has its own word for a missing text
		}
		if p.Warning {
			w.violate(violationBlocksWarning, "%s: %s", route, line)
			continue
		}
		if p.Code != "" {
			e.code = p.Code
		}
		e.messages = append(e.messages, "[ERROR] "+line)
		if both {
			e.errors = append(e.errors, line)
		}
	}
	if len(e.messages) == 0 {
		return nil
	}
	w.violate(violationInvalidBlocks, "%s: %s: %s", route, e.code, e.messages[0])
	return e
}

func (d *draft) checkAttachments() error {
	if len(d.attachments) == 0 {
		return nil
	}
	list, err := decodeObjects(d.attachments)
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
				return &apiError{code: "invalid_attachments", messages: []string{"[ERROR] " + p.Message + " [json-pointer:" + p.Pointer + "]"}}
			}
		}
	}
	if len(list) == 0 {
		d.attachments = nil
	}
	return nil
}

func (d *draft) checkMetadata() error {
	if len(d.metadata) == 0 {
		return nil
	}
	var m struct {
		EventType    *string        `json:"event_type"`
		EventPayload map[string]any `json:"event_payload"`
	}
	if string(bytes.TrimSpace(d.metadata)) == "{}" {
		d.metadata = nil
		return nil
	}
	if json.Unmarshal(d.metadata, &m) != nil {
		return fail("invalid_metadata_format")
	}
	if m.EventType == nil || *m.EventType == "" || m.EventPayload == nil {
		return fail("invalid_metadata_schema")
	}
	if len(d.metadata) > maxMetadata {
		return fail("metadata_too_large")
	}
	return nil
}

// withIDs fills in the block_ids and action_ids that the app left out, as
// Slack does.
func (w *core) withIDs(blocks []map[string]any) json.RawMessage {
	for _, b := range blocks {
		if s, _ := b["block_id"].(string); s == "" {
			b["block_id"] = w.shortID()
		}
		for _, e := range elements(b) {
			if s, _ := e["action_id"].(string); s == "" && isInteractive(e) {
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

func (w *core) shortID() string {
	const letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
	b := make([]byte, 5)
	for i := range b {
		b[i] = letters[w.rand.IntN(len(letters))]
	}
	return string(b)
}

func isBlank(s string) bool { return len(bytes.TrimSpace([]byte(s))) == 0 }

// parts cuts a text as Slack does (SF-4.2, SF-4.3).
func (w *core) parts(route string, d *draft) []string {
	runes := []rune(d.text)
	if d.blocks != nil || len(runes) <= splitAbove {
		return []string{d.text}
	}
	w.violate(violationTextSplit, "%s: a text of %d characters is split by Slack", route, len(runes))
	runes = runes[:min(len(runes), maxText)]
	var parts []string
	for len(runes) > 0 {
		n := min(len(runes), splitSize)
		parts = append(parts, string(runes[:n]))
		runes = runes[n:]
	}
	return parts
}
