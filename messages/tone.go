package messages

// Symbol is the tone as one emoji, the same in every medium; "" for ToneNone. Slack, browsers and terminals all show it
// without a shortcode, and it survives in notifications.
func (t Tone) Symbol() string {
	switch t {
	case ToneGood:
		return "✅"
	case ToneWarning:
		return "⚠️"
	case ToneBad:
		return "🔴"
	case ToneRunning:
		return "⏳"
	case ToneInfo:
		return "ℹ️"
	default:
		return ""
	}
}

// Mark puts the tone's symbol before s.
func (t Tone) Mark(s string) string {
	if symbol := t.Symbol(); symbol != "" {
		return symbol + " " + s
	}
	return s
}
