package blockkit

const (
	inMessages = message
	everywhere = message | modal | home
)

// blocks are the layout blocks (SF-4.21 to SF-4.42). file and auth_provider are missing: apps cannot post them
// (SF-4.40, SF-4.42).
var blocks = map[string]object{
	"section": block(everywhere, fields{
		"text":      rich(3000),
		"fields":    list(rich(2000), 1, 10),
		"accessory": union(familyElement, sectionElements...),
		"expand":    boolean,
	}, textOrFields),
	"header":  block(everywhere, fields{"text": required(plain(150)), "level": number(1, 4)}),
	"divider": block(everywhere, fields{}),
	"context": block(everywhere, fields{"elements": required(list(union(familyElement, "image", "plain_text", "mrkdwn"), 1, 10))}),
	"actions": block(everywhere, fields{
		"elements": required(list(union(familyElement, actionElements...), 1, 25)),
	}, uniqueActions),
	"context_actions": block(inMessages, fields{
		"elements": required(list(union(familyElement, "feedback_buttons", "icon_button"), 1, 5)),
	}, uniqueActions),
	"image": block(everywhere, fields{
		"alt_text":   required(text(1, 2000)),
		"image_url":  imageURL,
		"slack_file": objectOf("slack_file"),
		"title":      plain(2000),
	}, imageSource),
	"input": block(everywhere, fields{
		"label":           required(plain(2000)),
		"element":         required(union(familyElement, inputElements...)),
		"hint":            plain(2000),
		"optional":        boolean,
		"dispatch_action": boolean,
	}, noDispatchForFiles),
	"rich_text": block(everywhere, fields{"elements": required(endless(union(familyRichBlock), 1))}),
	"markdown":  block(inMessages, fields{"text": required(words(1, maxMarkdown))}, sumMarkdown),
	"table": block(message|home, fields{
		"rows":            required(list(list(union(familyCell, "raw_text", "raw_number", "rich_text"), 1, 20), 1, 100)),
		"column_settings": list(objectOf("column_setting"), 0, 20),
	}, sumTable),
	"data_table": block(message|home, fields{
		"caption":                 required(words(1, 3000)),
		"rows":                    required(warnAbove(101, list(list(union(familyCell), 1, 20), 2, 201))),
		"page_size":               number(1, 100),
		"row_header_column_index": number(0, 19),
	}, equalWidth, plainHeader, sumDataTable),
	"data_visualization": block(inMessages, fields{
		"title": required(words(1, 50)),
		"chart": required(union(familyChart)),
	}, countChart),
	"alert": block(modal, fields{
		"text":  required(rich(200)),
		"level": oneOf("default", "info", "warning", "error", "success"),
	}),
	"card": block(everywhere, cardFields, cardContent, oneIcon, uniqueCardActions),
	"carousel": block(message|home, fields{
		"elements": required(list(union(familyBlock, "card"), 1, 10)),
	}),
	"container": block(everywhere, fields{
		"title":              plain(150),
		"rich_text_title":    union(familyBlock, "rich_text"),
		"subtitle":           plain(150),
		"icon":               union(familyElement, "image"),
		"width":              oneOf("narrow", "standard", "wide", "full"),
		"is_collapsible":     boolean,
		"default_collapsed":  boolean,
		"has_header_divider": boolean,
		"child_blocks": required(list(union(familyBlock, "actions", "context", "divider", "header", "image", "input",
			"rich_text", "section", "table", "video"), 1, 10)),
	}, containerTitle),
	"plan": block(inMessages, fields{
		"title": required(words(1, 3000)),
		"tasks": endless(union(familyTask), 0),
	}),
	"task_card": block(inMessages, taskFields("in_progress", "complete", "error")),
	"video": block(everywhere, fields{
		"video_url":         required(link(3000)),
		"thumbnail_url":     required(link(3000)),
		"alt_text":          required(text(1, 2000)),
		"title":             required(plain(199)),
		"title_url":         link(3000),
		"description":       plain(199),
		"author_name":       text(1, 49),
		"provider_name":     text(1, 2000),
		"provider_icon_url": link(3000),
	}),
	"layout": block(everywhere, fields{
		"label":            required(words(1, 150)),
		"rows":             required(list(objectOf("layout_row"), 1, 5)),
		"is_label_visible": boolean,
		"grid_lines":       oneOf("none", "rows", "outer"),
		"fallback":         endless(union(familyBlock, layoutChildren...), 0),
	}),
}

// layoutChildren are the blocks that a layout may hold; nested layouts are left out, so that the schemas end (SF-4.36).
var layoutChildren = []string{"actions", "card", "context", "divider", "header", "image", "rich_text", "section"}

var imageURL = rule{kind: kindImage, min: 1, max: 3000, bounded: true}

// SF-4.34: text objects, although the documentation's table calls them strings.
var cardFields = fields{
	"hero_image": union(familyElement, "image"),
	"icon":       union(familyElement, "image"),
	"slack_icon": objectOf("slack_icon"),
	"title":      rich(150),
	"subtitle":   rich(150),
	"body":       rich(200),
	"subtext":    rich(200),
	"actions":    list(union(familyElement, "button", "workflow_button"), 1, 3),
}

// tasks are the task cards inside a plan, where a task may still be pending (SF-4.39).
var tasks = map[string]object{
	"task_card": block(inMessages, taskFields("pending", "in_progress", "complete", "error")),
}

func taskFields(states ...string) fields {
	return fields{
		"task_id":    required(text(1, 255)),
		"title":      required(words(1, 3000)),
		"status":     oneOf(states...),
		"details":    union(familyBlock, "rich_text"),
		"output":     union(familyBlock, "rich_text"),
		"sources":    endless(union(familyElement, "url"), 0),
		"hide_title": boolean,
	}
}

// block adds what every block has (SF-4.20).
func block(on surface, f fields, checks ...check) object {
	all := fields{"block_id": text(0, 255)}
	for name, r := range f {
		all[name] = r
	}
	return object{fields: all, surfaces: on, checks: append([]check{uniqueBlockID}, checks...)}
}
