package blockkit

// richBlocks are the parts of a rich_text block (SF-4.28).
var richBlocks = map[string]object{
	"rich_text_section": {fields: fields{"elements": required(endless(union(familyInline), 0))}},
	"rich_text_list": {fields: fields{
		"elements": required(endless(union(familyRichBlock, "rich_text_section"), 1)),
		"style":    required(oneOf("bullet", "ordered")),
		"indent":   number(0, 8),
		"offset":   number(0, 1_000_000),
		"border":   number(0, 1),
	}},
	"rich_text_preformatted": {fields: fields{
		"elements": required(endless(union(familyInline, "text", "link"), 0)),
		"border":   number(0, 1),
		"language": text(0, 255),
	}},
	"rich_text_quote": {fields: fields{"elements": required(endless(union(familyInline), 0)), "border": number(0, 1)}},
}

// inlines are the words inside those parts.
var inlines = map[string]object{
	"text":      styled(fields{"text": required(words(1, 40_000))}, "style"),
	"link":      styled(fields{"url": required(link(3000)), "text": words(0, 3000), "unsafe": boolean}, "style"),
	"user":      styled(fields{"user_id": required(text(1, 255))}, "mention_style"),
	"usergroup": styled(fields{"usergroup_id": required(text(1, 255))}, "mention_style"),
	"channel":   styled(fields{"channel_id": required(text(1, 255))}, "mention_style"),
	"team":      styled(fields{"team_id": required(text(1, 255))}, "mention_style"),
	"broadcast": styled(fields{"range": required(oneOf("here", "channel", "everyone"))}, "mention_style"),
	"emoji":     styled(fields{"name": required(text(1, 255)), "unicode": text(1, 255), "skin_tone": number(1, 6)}, "style"),
	"color":     styled(fields{"value": required(text(1, 255))}, "style"),
	"date": styled(fields{
		"timestamp": required(number(0, 99_999_999_999)),
		"format":    required(text(1, 255)),
		"timezone":  text(1, 255),
		"url":       link(3000),
		"fallback":  text(0, 3000),
	}, "style"),
}

func styled(f fields, style string) object { return object{fields: with(f, "style", objectOf(style))} }
