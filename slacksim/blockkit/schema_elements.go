package blockkit

// Where each element may stand (SF-4.21, SF-4.24, SF-4.27, SF-4.62).
var (
	sectionElements = []string{
		"button", "checkboxes", "datepicker", "image", "overflow", "radio_buttons", "timepicker", "workflow_button",
		"static_select", "external_select", "users_select", "conversations_select", "channels_select",
		"multi_static_select", "multi_external_select", "multi_users_select", "multi_conversations_select", "multi_channels_select",
	}
	actionElements = []string{
		"button", "checkboxes", "datepicker", "datetimepicker", "overflow", "radio_buttons", "timepicker", "workflow_button",
		"static_select", "external_select", "users_select", "conversations_select", "channels_select",
		"multi_static_select", "multi_external_select", "multi_users_select", "multi_conversations_select", "multi_channels_select",
		"rich_text_input",
	}
	inputElements = []string{
		"checkboxes", "datepicker", "datetimepicker", "email_text_input", "file_input", "number_input", "plain_text_input",
		"radio_buttons", "rich_text_input", "timepicker", "url_text_input",
		"static_select", "external_select", "users_select", "conversations_select", "channels_select",
		"multi_static_select", "multi_external_select", "multi_users_select", "multi_conversations_select", "multi_channels_select",
	}
)

// elements are the interactive elements and what a context block holds (SF-4.50 to SF-4.57).
var elements = map[string]object{
	"button": element(fields{
		"text":                required(plain(75)),
		"value":               text(0, 2000),
		"url":                 link(3000),
		"style":               oneOf("primary", "danger"),
		"confirm":             objectOf("confirm"),
		"accessibility_label": text(1, 75),
	}),
	"workflow_button": element(fields{
		"text":                required(plain(75)),
		"workflow":            required(objectOf("workflow")),
		"style":               oneOf("primary", "danger"),
		"accessibility_label": text(1, 75),
	}),
	"icon_button": element(fields{
		"icon":                required(oneOf("trash")),
		"text":                required(plain(75)),
		"value":               text(0, 2000),
		"confirm":             objectOf("confirm"),
		"accessibility_label": text(1, 75),
		"visible_to_user_ids": endless(text(1, 255), 0),
	}),
	"feedback_buttons": element(fields{
		"positive_button": required(objectOf("feedback_button")),
		"negative_button": required(objectOf("feedback_button")),
	}),
	"overflow": element(fields{
		"options": required(list(objectOf("overflow_option"), 1, 5)),
		"confirm": objectOf("confirm"),
	}),
	"checkboxes": element(focusable(fields{
		"options":         required(list(objectOf("rich_option"), 1, 10)),
		"initial_options": list(objectOf("rich_option"), 1, 10),
		"confirm":         objectOf("confirm"),
	})),
	"radio_buttons": element(focusable(fields{
		"options":        required(list(objectOf("rich_option"), 1, 10)),
		"initial_option": objectOf("rich_option"),
		"confirm":        objectOf("confirm"),
	})),
	"datepicker":     element(picker(fields{"initial_date": text(10, 10), "placeholder": plain(150)})),
	"timepicker":     element(picker(fields{"initial_time": text(5, 5), "placeholder": plain(150), "timezone": text(1, 255)})),
	"datetimepicker": element(picker(fields{"initial_date_time": number(1_000_000_000, 9_999_999_999)})),

	"static_select": element(menu(fields{
		"options":        list(objectOf("option"), 1, 100),
		"option_groups":  list(objectOf("option_group"), 1, 100),
		"initial_option": objectOf("option"),
	}), optionsOrGroups),
	"external_select": element(menu(fields{"initial_option": objectOf("option"), "min_query_length": number(0, 255)})),
	"users_select":    element(menu(fields{"initial_user": text(1, 255)})),
	"channels_select": element(menu(fields{"initial_channel": text(1, 255), "response_url_enabled": boolean})),
	"conversations_select": element(menu(fields{
		"initial_conversation":            text(1, 255),
		"default_to_current_conversation": boolean,
		"response_url_enabled":            boolean,
		"filter":                          objectOf("conversation_filter"),
	})),
	"multi_static_select": element(multi(fields{
		"options":         list(objectOf("option"), 1, 100),
		"option_groups":   list(objectOf("option_group"), 1, 100),
		"initial_options": list(objectOf("option"), 1, 100),
	}), optionsOrGroups),
	"multi_external_select": element(multi(fields{"initial_options": list(objectOf("option"), 1, 100), "min_query_length": number(0, 255)})),
	"multi_users_select":    element(multi(fields{"initial_users": endless(text(1, 255), 1)})),
	"multi_channels_select": element(multi(fields{"initial_channels": endless(text(1, 255), 1)})),
	"multi_conversations_select": element(multi(fields{
		"initial_conversations":           endless(text(1, 255), 1),
		"default_to_current_conversation": boolean,
		"filter":                          objectOf("conversation_filter"),
	})),

	"plain_text_input": element(typing(fields{
		"initial_value": text(0, 3000),
		"multiline":     boolean,
		"min_length":    number(0, 3000),
		"max_length":    number(1, 3000),
	})),
	"email_text_input": element(typing(fields{"initial_value": text(0, 3000)})),
	"url_text_input":   element(typing(fields{"initial_value": text(0, 3000)})),
	"number_input": element(typing(fields{
		"is_decimal_allowed": required(boolean),
		"initial_value":      text(1, 255),
		"min_value":          text(1, 255),
		"max_value":          text(1, 255),
	})),
	"rich_text_input": element(typing(fields{
		"initial_value": union(familyBlock, "rich_text"),
		"min_lines":     number(1, 100),
		"max_lines":     number(1, 100),
	})),
	"file_input": element(fields{"filetypes": endless(text(1, 255), 1), "max_files": number(1, 10)}),

	"image": {fields: fields{
		"alt_text":   required(text(1, 2000)),
		"image_url":  imageURL,
		"slack_file": objectOf("slack_file"),
	}, checks: []check{imageSource}},
	"plain_text": {fields: fields{"text": required(words(1, 3000)), "emoji": boolean}},
	"mrkdwn":     {fields: fields{"text": required(words(1, 3000)), "verbatim": boolean}},
	"url":        {fields: fields{"url": required(link(3000)), "text": required(words(1, 3000))}},
}

// element adds what every interactive element has (SF-4.50).
func element(f fields, checks ...check) object {
	return object{fields: with(f, "action_id", text(0, 255)), checks: checks}
}

func focusable(f fields) fields { return with(f, "focus_on_load", boolean) }

func picker(f fields) fields { return with(focusable(f), "confirm", objectOf("confirm")) }

func menu(f fields) fields { return with(picker(f), "placeholder", plain(150)) }

func multi(f fields) fields { return with(menu(f), "max_selected_items", number(1, 100)) }

func typing(f fields) fields {
	return with(with(focusable(f), "placeholder", plain(150)), "dispatch_action_config", objectOf("dispatch_action_config"))
}

func with(f fields, name string, r rule) fields { f[name] = r; return f }
