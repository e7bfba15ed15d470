package blockkit

import (
	"encoding/json"
	"testing"
)

func modalView(rest string) string {
	return `{"type":"modal","title":` + plainText("t") + `,"submit":` + plainText("s") + `,` + rest + `}`
}

func TestViewRefusals(t *testing.T) {
	input := `{"type":"input","block_id":"b%d","label":` + plainText("l") + `,"element":{"type":"plain_text_input","action_id":"a"}}`
	tests := []refusal{
		{"modal", modalView(`"close":` + plainText("c") + `,"callback_id":"x","private_metadata":"","clear_on_close":true,"notify_on_close":true,"blocks":[` + many(100, input) + `]`), nil},
		{"home", `{"type":"home","blocks":[` + section("x") + `]}`, nil},
		{"not JSON", `{`, []string{"must provide an object [json-pointer:/view]"}},
		{"not an object", `[]`, []string{"must provide an object [json-pointer:/view]"}},
		{"unknown type", `{"type":"dialog"}`, []string{"unsupported type: dialog [json-pointer:/view/type]"}},
		{"missing fields", `{"type":"modal"}`, []string{
			"missing required field: blocks [json-pointer:/view]",
			"missing required field: title [json-pointer:/view]"}},
		{"unknown property", modalView(`"blocks":[],"submit_disabled":true`), []string{"invalid additional property: submit_disabled [json-pointer:/view]"}},
		{"101 blocks", modalView(`"blocks":[` + many(101, `{"type":"divider"}`) + `]`), []string{"no more than 100 items allowed [json-pointer:/view/blocks]"}},
		{"title, submit and close of 25", `{"type":"modal","blocks":[],"title":` + plainText(long(25)) + `,"submit":` + plainText(long(25)) + `,"close":` + plainText(long(25)) + `}`, []string{
			"must be less than 25 characters [json-pointer:/view/close/text]",
			"must be less than 25 characters [json-pointer:/view/submit/text]",
			"must be less than 25 characters [json-pointer:/view/title/text]"}},
		{"ids and metadata too long", modalView(`"blocks":[],"callback_id":"` + long(256) + `","external_id":"` + long(256) + `","private_metadata":"` + long(3001) + `"`), []string{
			"must be less than 256 characters [json-pointer:/view/callback_id]",
			"must be less than 256 characters [json-pointer:/view/external_id]",
			"must be less than 3001 characters [json-pointer:/view/private_metadata]"}},
		{"input without submit", `{"type":"modal","title":` + plainText("t") + `,"blocks":[{"type":"divider"},` + many(1, input) + `]}`,
			[]string{"must define `submit` to use an `input` block in modals [json-pointer:/view/blocks/1/input]"}},
		{"alert in a modal", modalView(`"blocks":[{"type":"alert","level":"error","text":` + mrkdwn("x") + `}]`), nil},
		{"alert in Home", `{"type":"home","blocks":[{"type":"alert","text":` + mrkdwn("x") + `}]}`, []string{"unsupported type: alert [json-pointer:/view/blocks/0/type]"}},
		{"alert of 201", modalView(`"blocks":[{"type":"alert","text":` + plainText(long(201)) + `}]`), []string{
			"failed to match all allowed schemas [json-pointer:/view/blocks/0/text]",
			"must be less than 201 characters [json-pointer:/view/blocks/0/text/text]"}},
		{"markdown in a modal", modalView(`"blocks":[{"type":"markdown","text":"x"}]`), []string{"unsupported type: markdown [json-pointer:/view/blocks/0/type]"}},
		{"table in a modal", modalView(`"blocks":[{"type":"table","rows":[[` + cell("x") + `]]}]`), []string{"unsupported type: table [json-pointer:/view/blocks/0/type]"}},
		{"block_id twice", modalView(`"blocks":[{"type":"divider","block_id":"a"},{"type":"divider","block_id":"a"}]`),
			[]string{"`block_id` \"a\" already exists [json-pointer:/view/blocks/1/block_id]"}},
		{"250 kB and more", modalView(`"blocks":[` + many(84, section(long(1000))) + `]`), []string{"view_too_large: view_too_large [json-pointer:/view]"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { diffStrings(t, test.want, View(json.RawMessage(test.blocks))) })
	}
}
