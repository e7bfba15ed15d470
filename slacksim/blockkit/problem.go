// Package blockkit refuses Block Kit as Slack refuses it: closed schemas (SF-4.63), the limits of SF-4.1 to SF-4.63, and
// Slack's own wording with a JSON pointer (SF-6.4, SF-6.5). The schemas are tables (schema_*.go); walker.go is the one
// engine that walks them. Where no live refusal of a rule is on record its wording follows the nearest one that is.
//
// It also reads blocks: their elements, their text, and what a person has entered in them.
package blockkit

// Overall errors that Slack answers instead of invalid_blocks (chat.*) or invalid_arguments (views.*).
const (
	CodeBlocksFormat  = "invalid_blocks_format"
	CodeBlocksTooLong = "msg_blocks_too_long"
	CodeViewTooLarge  = "view_too_large"
	CodeAttachments   = "invalid_attachments"
)

// Problem is one reason why Slack refuses blocks or a view, in the order in which Slack lists them.
type Problem struct {
	// Message is Slack's text without "[ERROR]" and without the pointer, e.g. "must be less than 3001 characters".
	Message string
	// Pointer is the JSON pointer to the place, e.g. "/blocks/0/text/text" or "/view/title/text".
	Pointer string
	// Code is the overall error where it is not the method's usual one; "" otherwise.
	Code string
	// Warning marks what Slack accepts, or what its own documents disagree on; a strict simulator reports it.
	Warning bool
}

// String is the entry of Slack's errors array: "<message> [json-pointer:<pointer>]" (SF-6.4).
func (p Problem) String() string {
	if p.Pointer == "" {
		return p.Message
	}
	return p.Message + " [json-pointer:" + p.Pointer + "]"
}
