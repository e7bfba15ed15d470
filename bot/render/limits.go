package render

import "unicode/utf8"

// The limits of Block Kit that a message can run into, and how much of the message each part may take. The parts that come
// first add up to less than the whole, so that sections always have room left.
const (
	maxBlocks        = 50     // SF-4.1
	maxMessageText   = 10_000 // SF-4.7: refusals were seen from 11,341 on
	maxFallbackBytes = 4000   // SF-4.4
	maxHeader        = 150    // SF-4.22

	maxTitle      = 500
	maxFooter     = 600
	maxFactText   = 2500
	maxActionText = 3500

	maxSectionText = 2900 // SF-4.21 allows 3,000
	minSectionText = 400

	noteBlocks = 2   // "… 7 more" after the sections and "… shortened"
	noteText   = 300 // both notes, in any language
)

// space is how many blocks and how much text still fit into a message.
type space struct{ blocks, text int }

// take uses up blocks and text, or nothing where there is not enough.
func (r *space) take(blocks, text int) bool {
	if r.blocks < blocks || r.text < text {
		return false
	}
	r.blocks -= blocks
	r.text -= text
	return true
}

// share is how much text the next of left sections may take: an equal part, but enough to say something. Zero means that the
// message is full.
func (r *space) share(left int) int {
	if r.blocks < 1 || r.text < minSectionText {
		return 0
	}
	return min(maxSectionText, r.text, max(minSectionText, r.text/left))
}

func runes(s string) int { return utf8.RuneCountInString(s) }
