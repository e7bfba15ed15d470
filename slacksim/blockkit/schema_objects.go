package blockkit

// objects are the composition objects; they have no "type" (SF-4.53, SF-4.58).
var objects = map[string]object{
	"confirm": {fields: fields{
		"title":   required(plain(100)),
		"text":    required(rich(300)),
		"confirm": required(plain(30)),
		"deny":    required(plain(30)),
		"style":   oneOf("primary", "danger"),
	}},
	"option":          {fields: option(plain(75))},
	"rich_option":     {fields: option(rich(75))},
	"overflow_option": {fields: with(option(plain(75)), "url", link(3000))},
	"option_group": {fields: fields{
		"label":   required(plain(75)),
		"options": required(list(objectOf("option"), 1, 100)),
	}},
	"conversation_filter": {fields: fields{
		"include":                          list(oneOf("im", "mpim", "private", "public"), 1, 4),
		"exclude_external_shared_channels": boolean,
		"exclude_bot_users":                boolean,
	}},
	"dispatch_action_config": {fields: fields{
		"trigger_actions_on": list(oneOf("on_enter_pressed", "on_character_entered"), 1, 2),
	}},
	"slack_file": {fields: fields{"id": text(1, 255), "url": link(3000)}, checks: []check{fileSource}},
	"slack_icon": {fields: fields{"type": required(oneOf("icon")), "name": required(text(1, 255))}},
	"feedback_button": {fields: fields{
		"text":                required(plain(75)),
		"value":               required(text(1, 2000)),
		"accessibility_label": text(1, 75),
	}},
	"workflow": {fields: fields{"trigger": required(objectOf("trigger"))}},
	"trigger": {fields: fields{
		"url":                           required(link(3000)),
		"customizable_input_parameters": endless(objectOf("input_parameter"), 0),
	}},
	"input_parameter": {fields: fields{"name": required(text(1, 3000)), "value": required(text(0, 3000))}},
	"column_setting":  {fields: fields{"align": oneOf("left", "center", "right"), "is_wrapped": boolean}},
	"layout_row":      {fields: fields{"items": required(list(objectOf("layout_item"), 1, 3))}},
	"layout_item": {fields: fields{
		"block":                required(union(familyBlock, layoutChildren...)),
		"width":                oneOf("narrow", "standard", "wide"),
		"horizontal_alignment": oneOf("start", "center", "end"),
	}},
	"style": {fields: fields{
		"bold": boolean, "italic": boolean, "strike": boolean, "underline": boolean, "code": boolean,
	}},
	"mention_style": {fields: fields{
		"bold": boolean, "italic": boolean, "strike": boolean, "underline": boolean,
		"highlight": boolean, "client_highlight": boolean, "unlink": boolean,
	}},
	"segment": {fields: fields{"label": required(words(1, 20)), "value": required(rule{kind: kindReal})}, checks: []check{positiveValue}},
	"point":   {fields: fields{"label": required(words(1, 20)), "value": required(rule{kind: kindReal})}},
	"series": {fields: fields{
		"name": required(words(1, 20)),
		"data": required(list(objectOf("point"), 1, 20)),
	}},
	"axis_config": {fields: fields{
		"categories": required(list(words(1, 20), 1, 20)),
		"x_label":    words(1, 50),
		"y_label":    words(1, 50),
	}},
}

// option is SF-4.53. A value above 75 is in doubt: @slack/types says 75, the newer page 150.
func option(label rule) fields {
	return fields{
		"text":        required(label),
		"value":       required(warnAbove(75, text(1, 150))),
		"description": label,
	}
}
