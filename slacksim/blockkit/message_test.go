package blockkit

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// long is n code points that are not n bytes, so that a length in bytes is found out.
func long(n int) string { return strings.Repeat("文", n) }

// many joins n copies of item, whose %d is the number of the copy.
func many(n int, item string) string {
	items := make([]string, n)
	for i := range items {
		items[i] = strings.ReplaceAll(item, "%d", fmt.Sprint(i))
	}
	return strings.Join(items, ",")
}

func plainText(s string) string { return `{"type":"plain_text","text":"` + s + `"}` }
func mrkdwn(s string) string    { return `{"type":"mrkdwn","text":"` + s + `"}` }
func section(s string) string   { return `{"type":"section","text":` + mrkdwn(s) + `}` }
func button(s string) string {
	return `{"type":"button","text":` + plainText("Go") + `,` + s + `}`
}
func actions(elements string) string { return `{"type":"actions","elements":[` + elements + `]}` }
func options(n int) string           { return `[` + many(n, option1("v%d")) + `]` }
func option1(value string) string {
	return `{"text":` + plainText("o") + `,"value":"` + value + `"}`
}
func richText(inline string) string {
	return `{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[` + inline + `]}]}`
}
func cell(s string) string { return `{"type":"raw_text","text":"` + s + `"}` }

type refusal struct {
	name, blocks string
	want         []string
}

func TestMessageRefusals(t *testing.T) {
	for _, group := range [][]refusal{totalRefusals, textRefusals, blockRefusals, elementRefusals, richRefusals, dataRefusals} {
		for _, test := range group {
			t.Run(test.name, func(t *testing.T) {
				diffStrings(t, test.want, Message(json.RawMessage(test.blocks), "text"))
			})
		}
	}
}

func diffStrings(t *testing.T, want []string, problems []Problem) {
	t.Helper()
	var got []string
	for _, p := range problems {
		s := p.String()
		if p.Code != "" {
			s = p.Code + ": " + s
		}
		if p.Warning {
			s = "warning: " + s
		}
		got = append(got, s)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

var totalRefusals = []refusal{
	{"none", ``, nil},
	{"null", `null`, nil},
	{"empty", `[]`, nil},
	{"not JSON", `[{`, []string{"invalid_blocks_format: must provide an array [json-pointer:/blocks]"}},
	{"encoded twice", `"[]"`, []string{"invalid_blocks_format: must provide an array [json-pointer:/blocks]"}},
	{"not objects", `["a"]`, []string{"invalid_blocks_format: must provide an array [json-pointer:/blocks]"}},
	{"data after the array", `[] []`, []string{"invalid_blocks_format: must provide an array [json-pointer:/blocks]"}},
	{"50 blocks", `[` + many(50, `{"type":"divider"}`) + `]`, nil},
	{"51 blocks", `[` + many(51, `{"type":"divider"}`) + `]`, []string{"no more than 50 items allowed [json-pointer:/blocks]"}},
	{"text of 11,000", `[` + many(3, section(long(3000))) + `,` + section(long(2000)) + `]`, nil},
	{"text of 11,001", `[` + many(3, section(long(3000))) + `,` + section(long(2001)) + `]`,
		[]string{"warning: msg_blocks_too_long: msg_blocks_too_long [json-pointer:/blocks]"}},
	{"text of 13,200", `[` + many(4, section(long(3000))) + `,` + section(long(1200)) + `]`,
		[]string{"warning: msg_blocks_too_long: msg_blocks_too_long [json-pointer:/blocks]"}},
	{"text of 13,201", `[` + many(4, section(long(3000))) + `,` + section(long(1201)) + `]`,
		[]string{"msg_blocks_too_long: msg_blocks_too_long [json-pointer:/blocks]"}},
	{"unknown type", `[{"type":"sektion"}]`, []string{"unsupported type: sektion [json-pointer:/blocks/0/type]"}},
	{"no type", `[{}]`, []string{"missing required field: type [json-pointer:/blocks/0]"}},
	{"type not a string", `[{"type":1}]`, []string{"must provide a string [json-pointer:/blocks/0/type]"}},
	{"unknown property", `[{"type":"divider","style":"x"}]`, []string{"invalid additional property: style [json-pointer:/blocks/0]"}},
	{"alert in a message", `[{"type":"alert","text":` + mrkdwn("x") + `}]`, []string{"unsupported type: alert [json-pointer:/blocks/0/type]"}},
	{"file", `[{"type":"file","external_id":"x","source":"remote"}]`, []string{"unsupported type: file [json-pointer:/blocks/0/type]"}},
	{"block_id of 255", `[{"type":"divider","block_id":"` + long(255) + `"}]`, nil},
	{"block_id of 256", `[{"type":"divider","block_id":"` + long(256) + `"}]`, []string{"must be less than 256 characters [json-pointer:/blocks/0/block_id]"}},
	{"block_id twice", `[{"type":"divider","block_id":"a"},{"type":"divider","block_id":"a"}]`,
		[]string{"`block_id` \"a\" already exists [json-pointer:/blocks/1/block_id]"}},
}

var textRefusals = []refusal{
	{"section text of 3000", `[` + section(long(3000)) + `]`, nil},
	{"section text of 3001", `[` + section(long(3001)) + `]`, []string{
		"failed to match all allowed schemas [json-pointer:/blocks/0/text]",
		"must be less than 3001 characters [json-pointer:/blocks/0/text/text]"}},
	{"section text empty", `[` + section("") + `]`, []string{
		"failed to match all allowed schemas [json-pointer:/blocks/0/text]",
		"must be more than 0 characters [json-pointer:/blocks/0/text/text]"}},
	{"text as a string", `[{"type":"section","text":"x"}]`, []string{"must provide an object [json-pointer:/blocks/0/text]"}},
	{"text.text as a number", `[{"type":"section","text":{"type":"mrkdwn","text":1}}]`, []string{
		"failed to match all allowed schemas [json-pointer:/blocks/0/text]",
		"must provide a string [json-pointer:/blocks/0/text/text]"}},
	{"text missing", `[{"type":"section","text":{"type":"mrkdwn"}}]`, []string{
		"failed to match all allowed schemas [json-pointer:/blocks/0/text]",
		"missing required field: text [json-pointer:/blocks/0/text]"}},
	{"text type unknown", `[{"type":"section","text":{"type":"html","text":"x"}}]`, []string{
		"failed to match all allowed schemas [json-pointer:/blocks/0/text]",
		"must be a valid enum value [json-pointer:/blocks/0/text/type]"}},
	{"emoji on mrkdwn", `[{"type":"section","text":{"type":"mrkdwn","text":"x","emoji":true}}]`, []string{
		"failed to match all allowed schemas [json-pointer:/blocks/0/text]",
		"invalid additional property: emoji [json-pointer:/blocks/0/text]"}},
	{"verbatim on plain_text", `[{"type":"section","text":{"type":"plain_text","text":"x","verbatim":true}}]`, []string{
		"failed to match all allowed schemas [json-pointer:/blocks/0/text]",
		"invalid additional property: verbatim [json-pointer:/blocks/0/text]"}},
	{"emoji not a boolean", `[{"type":"header","text":{"type":"plain_text","text":"x","emoji":1}}]`,
		[]string{"must provide a boolean [json-pointer:/blocks/0/text/emoji]"}},
	{"mrkdwn where plain_text must be", `[{"type":"header","text":` + mrkdwn("x") + `}]`,
		[]string{"must be a valid enum value [json-pointer:/blocks/0/text/type]"}},
}

var blockRefusals = []refusal{
	{"section with nothing", `[{"type":"section"}]`, []string{"must define either `text` or `fields` [json-pointer:/blocks/0/type]"}},
	{"10 fields of 2000", `[{"type":"section","fields":[` + many(5, mrkdwn(long(2000))) + `,` + many(5, plainText("x")) + `]}]`, nil},
	{"11 fields", `[{"type":"section","fields":[` + many(11, mrkdwn("x")) + `]}]`, []string{"no more than 10 items allowed [json-pointer:/blocks/0/fields]"}},
	{"no fields", `[{"type":"section","fields":[]}]`, []string{"must provide at least 1 items [json-pointer:/blocks/0/fields]"}},
	{"field of 2001", `[{"type":"section","fields":[` + mrkdwn(long(2001)) + `]}]`, []string{
		"failed to match all allowed schemas [json-pointer:/blocks/0/fields/0]",
		"must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]"}},
	{"expand not a boolean", `[{"type":"section","text":` + mrkdwn("x") + `,"expand":"no"}]`, []string{"must provide a boolean [json-pointer:/blocks/0/expand]"}},
	{"datetimepicker in a section", `[{"type":"section","text":` + mrkdwn("x") + `,"accessory":{"type":"datetimepicker","action_id":"a"}}]`,
		[]string{"unsupported type: datetimepicker [json-pointer:/blocks/0/accessory/type]"}},
	{"header of 150", `[{"type":"header","text":` + plainText(long(150)) + `,"level":4}]`, nil},
	{"header of 151", `[{"type":"header","text":` + plainText(long(151)) + `}]`, []string{"must be less than 151 characters [json-pointer:/blocks/0/text/text]"}},
	{"header without text", `[{"type":"header"}]`, []string{"missing required field: text [json-pointer:/blocks/0]"}},
	{"header level 0", `[{"type":"header","text":` + plainText("x") + `,"level":0}]`, []string{"must be at least 1 [json-pointer:/blocks/0/level]"}},
	{"header level 5", `[{"type":"header","text":` + plainText("x") + `,"level":5}]`, []string{"must be at most 4 [json-pointer:/blocks/0/level]"}},
	{"header level 1.5", `[{"type":"header","text":` + plainText("x") + `,"level":1.5}]`, []string{"must provide an integer [json-pointer:/blocks/0/level]"}},
	{"header level not a number", `[{"type":"header","text":` + plainText("x") + `,"level":"1"}]`, []string{"must provide a number [json-pointer:/blocks/0/level]"}},
	{"10 context elements", `[{"type":"context","elements":[` + many(10, mrkdwn("x")) + `]}]`, nil},
	{"11 context elements", `[{"type":"context","elements":[` + many(11, mrkdwn("x")) + `]}]`, []string{"no more than 10 items allowed [json-pointer:/blocks/0/elements]"}},
	{"no context elements", `[{"type":"context","elements":[]}]`, []string{"must provide at least 1 items [json-pointer:/blocks/0/elements]"}},
	{"context elements as an object", `[{"type":"context","elements":{}}]`, []string{"must provide an array [json-pointer:/blocks/0/elements]"}},
	{"button in a context", `[{"type":"context","elements":[` + button(`"action_id":"a"`) + `]}]`, []string{"unsupported type: button [json-pointer:/blocks/0/elements/0/type]"}},
	{"25 actions", `[` + actions(many(25, button(`"action_id":"a%d"`))) + `]`, nil},
	{"26 actions", `[` + actions(many(26, button(`"action_id":"a%d"`))) + `]`, []string{"no more than 25 items allowed [json-pointer:/blocks/0/elements]"}},
	{"action_id twice in a block", `[{"type":"divider"},` + actions(many(2, button(`"action_id":"x"`))) + `]`,
		[]string{"`action_id` \"x\" already exists [json-pointer:/blocks/1/elements/1/action_id]"}},
	{"action_id twice in two blocks", `[` + many(2, actions(button(`"action_id":"x"`))) + `]`, nil},
	{"image", `[{"type":"image","alt_text":"x","image_url":"https://example.com/a.png","title":` + plainText("x") + `}]`, nil},
	{"image without alt_text", `[{"type":"image","image_url":"https://example.com/a.png"}]`, []string{"missing required field: alt_text [json-pointer:/blocks/0]"}},
	{"image without source", `[{"type":"image","alt_text":"x"}]`, []string{"must define either `image_url` or `slack_file` [json-pointer:/blocks/0/type]"}},
	{"image with two sources", `[{"type":"image","alt_text":"x","image_url":"https://example.com/a.png","slack_file":{"id":"F1"}}]`,
		[]string{"must define only one of `image_url` or `slack_file` [json-pointer:/blocks/0/type]"}},
	{"image alt_text of 2001", `[{"type":"image","alt_text":"` + long(2001) + `","slack_file":{"id":"F1"}}]`, []string{"must be less than 2001 characters [json-pointer:/blocks/0/alt_text]"}},
	{"image at a private address", `[{"type":"image","alt_text":"x","image_url":"http://10.0.0.1/a.png"}]`, []string{"downloading image failed [json-pointer:/blocks/0/image_url]"}},
	{"image_url of 3001", `[{"type":"image","alt_text":"x","image_url":"https://example.com/` + strings.Repeat("a", 2981) + `"}]`,
		[]string{"must be less than 3001 characters [json-pointer:/blocks/0/image_url]"}},
	{"slack_file without id and url", `[{"type":"image","alt_text":"x","slack_file":{}}]`, []string{"invalid slack file [json-pointer:/blocks/0/slack_file]"}},
	{"input without element", `[{"type":"input","label":` + plainText("x") + `}]`, []string{"missing required field: element [json-pointer:/blocks/0]"}},
	{"input label of 2001", `[{"type":"input","label":` + plainText(long(2001)) + `,"element":{"type":"plain_text_input"}}]`, []string{"must be less than 2001 characters [json-pointer:/blocks/0/label/text]"}},
	{"button in an input", `[{"type":"input","label":` + plainText("x") + `,"element":` + button(`"action_id":"a"`) + `}]`, []string{"unsupported type: button [json-pointer:/blocks/0/element/type]"}},
	{"dispatch of a file_input", `[{"type":"input","label":` + plainText("x") + `,"dispatch_action":true,"element":{"type":"file_input"}}]`,
		[]string{"must not be used with a `file_input` element [json-pointer:/blocks/0/dispatch_action]"}},
	{"markdown together over 12,000", `[{"type":"markdown","text":"` + long(6000) + `"},{"type":"markdown","text":"` + long(6001) + `"}]`, []string{
		"must be less than 12001 characters [json-pointer:/blocks]",
		"warning: msg_blocks_too_long: msg_blocks_too_long [json-pointer:/blocks]"}},
	{"card with nothing", `[{"type":"card"}]`, []string{"must define one of `hero_image`, `title`, `actions` or `body` [json-pointer:/blocks/0/type]"}},
	{"card with a bare title", `[{"type":"card","title":"x"}]`, []string{"must provide an object [json-pointer:/blocks/0/title]"}},
	{"card with 4 buttons", `[{"type":"card","title":` + mrkdwn("x") + `,"actions":[` + many(4, button(`"action_id":"a%d"`)) + `]}]`, []string{"no more than 3 items allowed [json-pointer:/blocks/0/actions]"}},
	{"card with two icons", `[{"type":"card","title":` + mrkdwn("x") + `,"icon":{"type":"image","alt_text":"x","slack_file":{"id":"F1"}},"slack_icon":{"type":"icon","name":"gear"}}]`,
		[]string{"must define only one of `icon` or `slack_icon` [json-pointer:/blocks/0/type]"}},
	{"slack_icon without name", `[{"type":"card","title":` + mrkdwn("x") + `,"slack_icon":{"type":"icon"}}]`, []string{"missing required field: name [json-pointer:/blocks/0/slack_icon]"}},
	{"carousel of sections", `[{"type":"carousel","elements":[` + section("x") + `]}]`, []string{"unsupported type: section [json-pointer:/blocks/0/elements/0/type]"}},
	{"carousel of 11", `[{"type":"carousel","elements":[` + many(11, `{"type":"card","title":`+mrkdwn("x")+`}`) + `]}]`, []string{"no more than 10 items allowed [json-pointer:/blocks/0/elements]"}},
	{"container without title", `[{"type":"container","child_blocks":[{"type":"divider"}]}]`, []string{"must define either `title` or `rich_text_title` [json-pointer:/blocks/0/type]"}},
	{"container with blocks", `[{"type":"container","title":` + plainText("x") + `,"blocks":[]}]`, []string{
		"missing required field: child_blocks [json-pointer:/blocks/0]", "invalid additional property: blocks [json-pointer:/blocks/0]"}},
	{"markdown in a container", `[{"type":"container","title":` + plainText("x") + `,"child_blocks":[{"type":"markdown","text":"x"}]}]`,
		[]string{"unsupported type: markdown [json-pointer:/blocks/0/child_blocks/0/type]"}},
	{"6 context_actions", `[{"type":"context_actions","elements":[` + many(6, `{"type":"icon_button","icon":"trash","action_id":"a%d","text":`+plainText("x")+`}`) + `]}]`,
		[]string{"no more than 5 items allowed [json-pointer:/blocks/0/elements]"}},
	{"plan with a text object", `[{"type":"plan","title":` + plainText("x") + `}]`, []string{"must provide a string [json-pointer:/blocks/0/title]"}},
	{"pending task in a plan", `[{"type":"plan","title":"x","tasks":[{"type":"task_card","task_id":"1","title":"x","status":"pending"}]}]`, nil},
	{"pending task alone", `[{"type":"task_card","task_id":"1","title":"x","status":"pending"}]`, []string{"must be a valid enum value [json-pointer:/blocks/0/status]"}},
	{"video title of 200", `[{"type":"video","video_url":"https://example.com/v","thumbnail_url":"https://example.com/t","alt_text":"x","title":` + plainText(long(200)) + `}]`,
		[]string{"must be less than 200 characters [json-pointer:/blocks/0/title/text]"}},
	{"layout label of 151", `[{"type":"layout","label":"` + long(151) + `","rows":[{"items":[{"block":{"type":"divider"}}]}]}]`,
		[]string{"must be less than 151 characters [json-pointer:/blocks/0/label]"}},
}

var elementRefusals = []refusal{
	{"action_id of 256", `[` + actions(button(`"action_id":"`+long(256)+`"`)) + `]`, []string{"must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]"}},
	{"button text of 76", `[` + actions(`{"type":"button","text":`+plainText(long(76))+`}`) + `]`, []string{"must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]"}},
	{"button value of 2000", `[` + actions(button(`"value":"`+long(2000)+`"`)) + `]`, nil},
	{"button value of 2001", `[` + actions(button(`"value":"`+long(2001)+`"`)) + `]`, []string{"must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]"}},
	{"button style default", `[` + actions(button(`"style":"default"`)) + `]`, []string{"must be a valid enum value [json-pointer:/blocks/0/elements/0/style]"}},
	{"button url without scheme", `[` + actions(button(`"url":"example"`)) + `]`, []string{"invalid url [json-pointer:/blocks/0/elements/0/url]"}},
	{"button url of 3001", `[` + actions(button(`"url":"https://example.com/`+strings.Repeat("a", 2981)+`"`)) + `]`, []string{"must be less than 3001 characters [json-pointer:/blocks/0/elements/0/url]"}},
	{"button accessibility_label of 76", `[` + actions(button(`"accessibility_label":"`+long(76)+`"`)) + `]`, []string{"must be less than 76 characters [json-pointer:/blocks/0/elements/0/accessibility_label]"}},
	{"button mrkdwn", `[` + actions(`{"type":"button","text":`+mrkdwn("x")+`}`) + `]`, []string{"must be a valid enum value [json-pointer:/blocks/0/elements/0/text/type]"}},
	{"select of 100", `[` + actions(`{"type":"static_select","options":`+options(100)+`}`) + `]`, nil},
	{"select of 101", `[` + actions(`{"type":"static_select","options":`+options(101)+`}`) + `]`, []string{"no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]"}},
	{"select of none", `[` + actions(`{"type":"static_select","options":[]}`) + `]`, []string{"must provide at least 1 items [json-pointer:/blocks/0/elements/0/options]"}},
	{"select without options", `[` + actions(`{"type":"static_select"}`) + `]`, []string{"must define either `options` or `option_groups` [json-pointer:/blocks/0/elements/0/type]"}},
	{"select with both", `[` + actions(`{"type":"static_select","options":`+options(1)+`,"option_groups":[{"label":`+plainText("g")+`,"options":`+options(1)+`}]}`) + `]`,
		[]string{"must define only one of `options` or `option_groups` [json-pointer:/blocks/0/elements/0/type]"}},
	{"group label of 76", `[` + actions(`{"type":"static_select","option_groups":[{"label":`+plainText(long(76))+`,"options":`+options(1)+`}]}`) + `]`,
		[]string{"must be less than 76 characters [json-pointer:/blocks/0/elements/0/option_groups/0/label/text]"}},
	{"group of 101", `[` + actions(`{"type":"static_select","option_groups":[{"label":`+plainText("g")+`,"options":`+options(101)+`}]}`) + `]`,
		[]string{"no more than 100 items allowed [json-pointer:/blocks/0/elements/0/option_groups/0/options]"}},
	{"101 groups", `[` + actions(`{"type":"static_select","option_groups":[`+many(101, `{"label":`+plainText("g")+`,"options":`+options(1)+`}`)+`]}`) + `]`,
		[]string{"no more than 100 items allowed [json-pointer:/blocks/0/elements/0/option_groups]"}},
	{"placeholder of 151", `[` + actions(`{"type":"users_select","placeholder":`+plainText(long(151))+`}`) + `]`, []string{"must be less than 151 characters [json-pointer:/blocks/0/elements/0/placeholder/text]"}},
	{"max_selected_items 0", `[` + actions(`{"type":"multi_static_select","max_selected_items":0,"options":`+options(1)+`}`) + `]`, []string{"must be at least 1 [json-pointer:/blocks/0/elements/0/max_selected_items]"}},
	{"option text of 76", `[` + actions(`{"type":"static_select","options":[{"text":`+plainText(long(76))+`,"value":"v"}]}`) + `]`, []string{"must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/text/text]"}},
	{"option description of 76", `[` + actions(`{"type":"static_select","options":[{"text":`+plainText("o")+`,"value":"v","description":`+plainText(long(76))+`}]}`) + `]`,
		[]string{"must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/description/text]"}},
	{"option value of 75", `[` + actions(`{"type":"static_select","options":[`+option1(long(75))+`]}`) + `]`, nil},
	{"option value of 76", `[` + actions(`{"type":"static_select","options":[`+option1(long(76))+`]}`) + `]`, []string{"warning: must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/value]"}},
	{"option value of 151", `[` + actions(`{"type":"static_select","options":[`+option1(long(151))+`]}`) + `]`, []string{"must be less than 151 characters [json-pointer:/blocks/0/elements/0/options/0/value]"}},
	{"option with an empty url", `[` + actions(`{"type":"static_select","options":[{"text":`+plainText("o")+`,"value":"v","url":""}]}`) + `]`, []string{"invalid additional property: url [json-pointer:/blocks/0/elements/0/options/0]"}},
	{"option with a type", `[` + actions(`{"type":"static_select","options":[{"type":"option","text":`+plainText("o")+`,"value":"v"}]}`) + `]`, []string{"invalid additional property: type [json-pointer:/blocks/0/elements/0/options/0]"}},
	{"select option in mrkdwn", `[` + actions(`{"type":"static_select","options":[{"text":`+mrkdwn("o")+`,"value":"v"}]}`) + `]`, []string{"must be a valid enum value [json-pointer:/blocks/0/elements/0/options/0/text/type]"}},
	{"checkbox in mrkdwn", `[` + actions(`{"type":"checkboxes","options":[{"text":`+mrkdwn("o")+`,"value":"v"}]}`) + `]`, nil},
	{"11 checkboxes", `[` + actions(`{"type":"checkboxes","options":`+options(11)+`}`) + `]`, []string{"no more than 10 items allowed [json-pointer:/blocks/0/elements/0/options]"}},
	{"11 radio buttons", `[` + actions(`{"type":"radio_buttons","options":`+options(11)+`}`) + `]`, []string{"no more than 10 items allowed [json-pointer:/blocks/0/elements/0/options]"}},
	{"overflow of 5 with urls", `[` + actions(`{"type":"overflow","options":[`+many(5, `{"text":`+plainText("o")+`,"value":"v","url":"https://example.com"}`)+`]}`) + `]`, nil},
	{"overflow of 6", `[` + actions(`{"type":"overflow","options":`+options(6)+`}`) + `]`, []string{"no more than 5 items allowed [json-pointer:/blocks/0/elements/0/options]"}},
	{"confirm title of 101", `[` + actions(button(`"confirm":{"title":`+plainText(long(101))+`,"text":`+mrkdwn("x")+`,"confirm":`+plainText("y")+`,"deny":`+plainText("n")+`}`)) + `]`,
		[]string{"must be less than 101 characters [json-pointer:/blocks/0/elements/0/confirm/title/text]"}},
	{"confirm text of 301", `[` + actions(button(`"confirm":{"title":`+plainText("t")+`,"text":`+plainText(long(301))+`,"confirm":`+plainText("y")+`,"deny":`+plainText("n")+`}`)) + `]`, []string{
		"failed to match all allowed schemas [json-pointer:/blocks/0/elements/0/confirm/text]",
		"must be less than 301 characters [json-pointer:/blocks/0/elements/0/confirm/text/text]"}},
	{"confirm buttons of 31", `[` + actions(button(`"confirm":{"title":`+plainText("t")+`,"text":`+plainText("x")+`,"confirm":`+plainText(long(31))+`,"deny":`+plainText(long(31))+`}`)) + `]`, []string{
		"must be less than 31 characters [json-pointer:/blocks/0/elements/0/confirm/confirm/text]",
		"must be less than 31 characters [json-pointer:/blocks/0/elements/0/confirm/deny/text]"}},
	{"confirm without deny", `[` + actions(button(`"confirm":{"title":`+plainText("t")+`,"text":`+plainText("x")+`,"confirm":`+plainText("y")+`}`)) + `]`,
		[]string{"missing required field: deny [json-pointer:/blocks/0/elements/0/confirm]"}},
	{"plain_text_input in actions", `[` + actions(`{"type":"plain_text_input"}`) + `]`, []string{"unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]"}},
	{"max_length 3001", `[{"type":"input","label":` + plainText("x") + `,"element":{"type":"plain_text_input","max_length":3001}}]`, []string{"must be at most 3000 [json-pointer:/blocks/0/element/max_length]"}},
	{"initial_value of 3001", `[{"type":"input","label":` + plainText("x") + `,"element":{"type":"plain_text_input","initial_value":"` + long(3001) + `"}}]`, []string{"must be less than 3001 characters [json-pointer:/blocks/0/element/initial_value]"}},
	{"max_files 11", `[{"type":"input","label":` + plainText("x") + `,"element":{"type":"file_input","max_files":11}}]`, []string{"must be at most 10 [json-pointer:/blocks/0/element/max_files]"}},
	{"number_input without is_decimal_allowed", `[{"type":"input","label":` + plainText("x") + `,"element":{"type":"number_input"}}]`, []string{"missing required field: is_decimal_allowed [json-pointer:/blocks/0/element]"}},
}

var richRefusals = []refusal{
	{"every part", `[{"type":"rich_text","elements":[
		{"type":"rich_text_section","elements":[{"type":"text","text":"a","style":{"bold":true,"code":true}},{"type":"emoji","name":"tada"},{"type":"link","url":"https://example.com"}]},
		{"type":"rich_text_list","style":"bullet","indent":0,"border":0,"offset":0,"elements":[{"type":"rich_text_section","elements":[{"type":"user","user_id":"U1","style":{"bold":true}}]}]},
		{"type":"rich_text_preformatted","border":0,"elements":[{"type":"text","text":"a"}]},
		{"type":"rich_text_quote","elements":[{"type":"channel","channel_id":"C1"},{"type":"usergroup","usergroup_id":"S1"},{"type":"broadcast","range":"here"},
			{"type":"date","timestamp":1720710212,"format":"{date_num}","fallback":"x"},{"type":"color","value":"#fff"},{"type":"team","team_id":"T1"}]}]}]`, nil},
	{"no parts", `[{"type":"rich_text","elements":[]}]`, []string{"must provide at least 1 items [json-pointer:/blocks/0/elements]"}},
	{"inline at the top", `[{"type":"rich_text","elements":[{"type":"text","text":"a"}]}]`, []string{"unsupported type: text [json-pointer:/blocks/0/elements/0/type]"}},
	{"empty text", `[` + richText(`{"type":"text","text":""}`) + `]`, []string{"must be more than 0 characters [json-pointer:/blocks/0/elements/0/elements/0/text]"}},
	{"text without text", `[` + richText(`{"type":"text"}`) + `]`, []string{"missing required field: text [json-pointer:/blocks/0/elements/0/elements/0]"}},
	{"style on the section", `[{"type":"rich_text","elements":[{"type":"rich_text_section","style":"bullet","elements":[]}]}]`, []string{"invalid additional property: style [json-pointer:/blocks/0/elements/0]"}},
	{"code style on a user", `[` + richText(`{"type":"user","user_id":"U1","style":{"code":true}}`) + `]`, []string{"invalid additional property: code [json-pointer:/blocks/0/elements/0/elements/0/style]"}},
	{"list style", `[{"type":"rich_text","elements":[{"type":"rich_text_list","style":"dash","elements":[{"type":"rich_text_section","elements":[]}]}]}]`, []string{"must be a valid enum value [json-pointer:/blocks/0/elements/0/style]"}},
	{"list in a list", `[{"type":"rich_text","elements":[{"type":"rich_text_list","style":"bullet","elements":[{"type":"rich_text_list","style":"bullet","elements":[]}]}]}]`,
		[]string{"unsupported type: rich_text_list [json-pointer:/blocks/0/elements/0/elements/0/type]"}},
	{"user in preformatted", `[{"type":"rich_text","elements":[{"type":"rich_text_preformatted","elements":[{"type":"user","user_id":"U1"}]}]}]`, []string{"unsupported type: user [json-pointer:/blocks/0/elements/0/elements/0/type]"}},
	{"broadcast range", `[` + richText(`{"type":"broadcast","range":"all"}`) + `]`, []string{"must be a valid enum value [json-pointer:/blocks/0/elements/0/elements/0/range]"}},
}

var dataRefusals = []refusal{
	{"table of 100 × 20", `[{"type":"table","column_settings":[{"align":"right","is_wrapped":true}],"rows":[` + many(100, `[`+many(20, cell("x"))+`]`) + `]}]`, nil},
	{"table of 101 rows", `[{"type":"table","rows":[` + many(101, `[`+cell("x")+`]`) + `]}]`, []string{"no more than 100 items allowed [json-pointer:/blocks/0/rows]"}},
	{"table of 21 cells", `[{"type":"table","rows":[[` + many(21, cell("x")) + `]]}]`, []string{"no more than 20 items allowed [json-pointer:/blocks/0/rows/0]"}},
	{"table of 21 column_settings", `[{"type":"table","column_settings":[` + many(21, `{}`) + `],"rows":[[` + cell("x") + `]]}]`, []string{"no more than 20 items allowed [json-pointer:/blocks/0/column_settings]"}},
	{"table without rows", `[{"type":"table","rows":[]}]`, []string{"must provide at least 1 items [json-pointer:/blocks/0/rows]"}},
	{"table cell of a space", `[{"type":"table","rows":[[` + cell(" ") + `]]}]`, nil},
	{"table cell without text", `[{"type":"table","rows":[[` + cell("") + `]]}]`, []string{"must be more than 0 characters [json-pointer:/blocks/0/rows/0/0/text]"}},
	{"table cell of null", `[{"type":"table","rows":[[null]]}]`, []string{"must provide an object [json-pointer:/blocks/0/rows/0/0]"}},
	{"table without alignment", `[{"type":"table","column_settings":[{"align":"","is_wrapped":true}],"rows":[[` + cell("x") + `]]}]`, []string{"must be a valid enum value [json-pointer:/blocks/0/column_settings/0/align]"}},
	{"table with a caption", `[{"type":"table","caption":"x","rows":[[` + cell("x") + `]]}]`, []string{"invalid additional property: caption [json-pointer:/blocks/0]"}},
	{"table cell in mrkdwn", `[{"type":"table","rows":[[` + mrkdwn("x") + `]]}]`, []string{"unsupported type: mrkdwn [json-pointer:/blocks/0/rows/0/0/type]"}},
	{"table number without value", `[{"type":"table","rows":[[{"type":"raw_number"}]]}]`, []string{"missing required field: value [json-pointer:/blocks/0/rows/0/0]"}},
	{"table text over 10,000", `[{"type":"table","rows":[[` + cell(long(5000)) + `],[` + cell(long(5001)) + `]]}]`, []string{"must be less than 10001 characters [json-pointer:/blocks]"}},
	{"two tables", `[` + many(2, `{"type":"table","rows":[[`+cell("x")+`]]}`) + `]`, []string{"warning: invalid_attachments: only_one_table_allowed [json-pointer:/blocks]"}},
	{"data_table without caption", `[{"type":"data_table","rows":[[` + cell("x") + `],[` + cell("x") + `]]}]`, []string{"missing required field: caption [json-pointer:/blocks/0]"}},
	{"data_table of 1 row", `[{"type":"data_table","caption":"x","rows":[[` + cell("x") + `]]}]`, []string{"must provide at least 2 items [json-pointer:/blocks/0/rows]"}},
	{"data_table of 102 rows", `[{"type":"data_table","caption":"x","rows":[` + many(102, `[`+cell("x")+`]`) + `]}]`, []string{"warning: no more than 101 items allowed [json-pointer:/blocks/0/rows]"}},
	{"data_table of 202 rows", `[{"type":"data_table","caption":"x","rows":[` + many(202, `[`+cell("x")+`]`) + `]}]`, []string{"no more than 201 items allowed [json-pointer:/blocks/0/rows]"}},
	{"data_table ragged", `[{"type":"data_table","caption":"x","rows":[[` + cell("x") + `],[` + many(2, cell("x")) + `]]}]`, []string{"must provide 1 items [json-pointer:/blocks/0/rows/1]"}},
	{"data_table rich header", `[{"type":"data_table","caption":"x","rows":[[` + richText(`{"type":"text","text":"a"}`) + `],[` + cell("x") + `]]}]`, []string{"unsupported type: rich_text [json-pointer:/blocks/0/rows/0/0/type]"}},
	{"data_table page_size 101", `[{"type":"data_table","caption":"x","page_size":101,"rows":[[` + cell("x") + `],[` + cell("x") + `]]}]`, []string{"must be at most 100 [json-pointer:/blocks/0/page_size]"}},
	{"pie", `[{"type":"data_visualization","title":"x","chart":{"type":"pie","segments":[{"label":"a","value":0.5}]}}]`, nil},
	{"pie of 0", `[{"type":"data_visualization","title":"x","chart":{"type":"pie","segments":[{"label":"a","value":0}]}}]`, []string{"must be more than 0 [json-pointer:/blocks/0/chart/segments/0/value]"}},
	{"chart title of 51", `[{"type":"data_visualization","title":"` + long(51) + `","chart":{"type":"pie","segments":[{"label":"a","value":1}]}}]`, []string{"must be less than 51 characters [json-pointer:/blocks/0/title]"}},
	{"bar without a category", `[{"type":"data_visualization","title":"x","chart":{"type":"bar","axis_config":{"categories":["a","b"]},"series":[{"name":"s","data":[{"label":"a","value":1}]}]}}]`,
		[]string{"must provide a value for every category [json-pointer:/blocks/0/chart/series/0/data]"}},
	{"unknown chart", `[{"type":"data_visualization","title":"x","chart":{"type":"radar"}}]`, []string{"unsupported type: radar [json-pointer:/blocks/0/chart/type]"}},
	{"three charts", `[` + many(3, `{"type":"data_visualization","title":"x","chart":{"type":"pie","segments":[{"label":"a","value":1}]}}`) + `]`, []string{"no more than 2 items allowed [json-pointer:/blocks]"}},
}

func TestMessageWarnsAboutBlocksWithoutText(t *testing.T) {
	diffStrings(t, []string{"warning: missing required field: text [json-pointer:/text]"}, Message(json.RawMessage(`[{"type":"divider"}]`), ""))
}
