package events

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"opsbot/bot"
	"opsbot/bot/slacktest"
	"opsbot/handlers"
)

func testDecoder() decoder {
	return decoder{self: bot.Self{UserID: "UBOT", BotID: "BBOT"}, now: func() time.Time { return slacktest.Noon() }}
}

func TestDecodeCommand(t *testing.T) {
	in, err := testDecoder().decode(envelopeCommand, json.RawMessage(`{"command":"/scale","text":"user &gt; 5 <@U7|dana> <http://a.example/b:1|a.example/b:1>",
		"user_id":"U1","channel_id":"C1","response_url":"https://hooks.example/1","trigger_id":"1.2.a","is_enterprise_install":"false"}`))
	if err != nil {
		t.Fatal(err)
	}
	want := &handlers.Command{ID: "1.2.a", Name: "/scale", Text: "user > 5 <@U7|dana> a.example/b:1", User: "U1", Channel: "C1",
		ResponseURL: "https://hooks.example/1", TriggerID: "1.2.a", At: slacktest.Noon()}
	if diff := cmp.Diff(want, in.command); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDecodePress(t *testing.T) {
	in, err := testDecoder().decode(envelopeInteractive, json.RawMessage(`{"type":"block_actions","trigger_id":"1.2.b","response_url":"https://hooks.example/2",
		"user":{"id":"U1","name":"dana"},"channel":{"id":"C1","name":"ops"},"team":null,"enterprise":null,
		"container":{"type":"message","message_ts":"1700000000.000100","channel_id":"C1","is_ephemeral":false},
		"message":{"ts":"1700000000.000100","thread_ts":"1699999999.000200","blocks":[{"type":"from_the_future","x":1}]},
		"actions":[{"type":"button","action_id":"ack#2","block_id":"b","value":"12","action_ts":"1"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	want := []handlers.Action{{ID: "1.2.b", Name: "ack", Value: "12", User: "U1", Channel: "C1", MessageTS: "1700000000.000100",
		ThreadTS: "1699999999.000200", ResponseURL: "https://hooks.example/2", TriggerID: "1.2.b", At: slacktest.Noon()}}
	if diff := cmp.Diff(want, in.actions); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDecodeSubmission(t *testing.T) {
	in, err := testDecoder().decode(envelopeInteractive, json.RawMessage(`{"type":"view_submission","trigger_id":"1.2.c","user":{"id":"U1"},
		"view":{"callback_id":"run","private_metadata":"m","blocks":[{"type":"section","block_id":"s"},{"type":"input","block_id":"replicas"}],
		"state":{"values":{"replicas":{"value":{"type":"plain_text_input","value":"5"}},
		"service":{"value":{"type":"static_select","selected_option":{"value":"user-service"}}},
		"none":{"value":{"type":"static_select","selected_option":null}}}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	want := &handlers.Submission{ID: "1.2.c", CallbackID: "run", Metadata: "m", User: "U1", At: slacktest.Noon(),
		Values: map[string]string{"replicas": "5", "service": "user-service", "none": ""}}
	if diff := cmp.Diff(want, in.submission); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"replicas"}, in.blocks); diff != "" {
		t.Errorf("blocks (-want +got):\n%s", diff)
	}
}

func event(inner string) json.RawMessage {
	return json.RawMessage(`{"type":"event_callback","event_id":"Ev1","event":` + inner + `}`)
}

func TestDecodeMention(t *testing.T) {
	in, err := testDecoder().decode(envelopeEvents, event(`{"type":"app_mention","user":"U1","text":"<@UBOT> scale user 5","ts":"1772452800.000100",
		"thread_ts":"1772452000.000200","channel":"C1"}`))
	if err != nil {
		t.Fatal(err)
	}
	want := &handlers.Mention{ID: "Ev1", Text: "scale user 5", User: "U1", Channel: "C1", TS: "1772452800.000100",
		ThreadTS: "1772452000.000200", At: slacktest.Noon().Add(100 * time.Microsecond)}
	if diff := cmp.Diff(want, in.mention); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWhichEventsAreForUs(t *testing.T) {
	cases := []struct {
		name, event string
		want        bool
	}{
		{"mention", `{"type":"app_mention","user":"U1","text":"x","ts":"1.000001","channel":"C1"}`, true},
		{"direct message", `{"type":"message","channel_type":"im","user":"U1","text":"x","ts":"1.000001","channel":"D1"}`, true},
		{"the mention's other event", `{"type":"message","channel_type":"channel","user":"U1","text":"<@UBOT> x","ts":"1.000001","channel":"C1"}`, false},
		{"our own message", `{"type":"message","channel_type":"im","user":"UBOT","bot_id":"BBOT","text":"x","ts":"1.000001","channel":"D1"}`, false},
		{"another bot", `{"type":"app_mention","user":"U9","bot_id":"B9","text":"x","ts":"1.000001","channel":"C1"}`, false},
		{"an edit", `{"type":"app_mention","user":"U1","text":"x","ts":"1.000001","channel":"C1","edited":{"user":"U1","ts":"2.000000"}}`, false},
		{"not edited", `{"type":"app_mention","user":"U1","text":"x","ts":"1.000001","channel":"C1","edited":null}`, true},
		{"changed message", `{"type":"message","subtype":"message_changed","channel_type":"im","channel":"D1","ts":"1.000001"}`, false},
		{"channel as an object", `{"type":"channel_created","channel":{"id":"C1"}}`, false},
		{"home", `{"type":"app_home_opened","user":"U1","channel":"D1","tab":"home"}`, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			in, err := testDecoder().decode(envelopeEvents, event(c.event))
			if err != nil {
				t.Fatal(err)
			}
			if got := in.mention != nil; got != c.want {
				t.Errorf("for us: %v", got)
			}
			if c.name == "home" && in.homeUser != "U1" {
				t.Errorf("home of %q", in.homeUser)
			}
		})
	}
}

func TestDecodePin(t *testing.T) {
	pin := func(kind, emoji, user, item string) string {
		return fmt.Sprintf(`{"type":%q,"user":%q,"reaction":%q,"item_user":"U2","item":%s}`, kind, user, emoji, item)
	}
	message := `{"type":"message","channel":"C1","ts":"1772452800.000100"}`
	for name, c := range map[string]struct {
		event string
		want  bool
	}{
		"put on":           {pin("reaction_added", "pushpin", "U1", message), true},
		"taken off":        {pin("reaction_removed", "pushpin", "U1", message), true},
		"another emoji":    {pin("reaction_added", "eyes", "U1", message), false},
		"our own":          {pin("reaction_added", "pushpin", "UBOT", message), false},
		"on a file":        {pin("reaction_added", "pushpin", "U1", `{"type":"file","file":"F1"}`), false},
		"a pinned message": {`{"type":"pin_added","user":"U1","item":` + message + `}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			in, err := testDecoder().decode(envelopeEvents, event(c.event))
			if err != nil {
				t.Fatal(err)
			}
			var want *handlers.Reaction
			if c.want {
				want = &handlers.Reaction{ID: "Ev1", User: "U1", Channel: "C1", TS: "1772452800.000100", At: slacktest.Noon()}
			}
			if diff := cmp.Diff(want, in.reaction); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestDecodeMessageShortcut(t *testing.T) {
	in, err := testDecoder().decode(envelopeInteractive, json.RawMessage(`{"type":"message_action","callback_id":"add_to_timeline","trigger_id":"1.2.a",
		"response_url":"https://hooks.slack.test/1","user":{"id":"U1"},"channel":{"id":"C1"},
		"message":{"ts":"1772452800.000100","thread_ts":"1772452000.000200","user":"U2","text":"x","blocks":[{"type":"from_the_future"}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	want := &handlers.Shortcut{ID: "1.2.a", Name: "add_to_timeline", User: "U1", Channel: "C1", TS: "1772452800.000100", ThreadTS: "1772452000.000200",
		ResponseURL: "https://hooks.slack.test/1", At: slacktest.Noon()}
	if diff := cmp.Diff(want, in.shortcut); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDecodeRefuses(t *testing.T) {
	cases := []struct{ name, envelope, payload string }{
		{"command without user", envelopeCommand, `{"command":"/x","channel_id":"C1","trigger_id":"1"}`},
		{"command as text", envelopeCommand, `"hello"`},
		{"press without actions", envelopeInteractive, `{"type":"block_actions","user":{"id":"U1"},"trigger_id":"1"}`},
		{"submission without view", envelopeInteractive, `{"type":"view_submission","user":{"id":"U1"},"trigger_id":"1"}`},
		{"message shortcut without message", envelopeInteractive, `{"type":"message_action","callback_id":"x","user":{"id":"U1"},"trigger_id":"1","channel":{"id":"C1"}}`},
		{"interaction without type", envelopeInteractive, `{}`},
		{"mention without channel", envelopeEvents, `{"type":"event_callback","event_id":"Ev1","event":{"type":"app_mention","user":"U1","ts":"1.000001"}}`},
		{"event without id", envelopeEvents, `{"type":"event_callback","event":{"type":"app_mention"}}`},
		{"unknown envelope", "from_the_future", `{}`},
		{"no payload", envelopeCommand, ``},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if in, err := testDecoder().decode(c.envelope, json.RawMessage(c.payload)); err == nil {
				t.Errorf("accepted as %+v", in)
			}
		})
	}
}

// FuzzDecode: whatever Slack or an impostor sends, decoding ends, and what it accepts is complete.
func FuzzDecode(f *testing.F) {
	f.Add(envelopeCommand, `{"command":"/scale","text":"user 5","user_id":"U1","channel_id":"C1","trigger_id":"1.2.a"}`)
	f.Add(envelopeInteractive, `{"type":"block_actions","trigger_id":"1","user":{"id":"U1"},"actions":[{"action_id":"ack","value":"1","selected_option":null}]}`)
	f.Add(envelopeInteractive, `{"type":"view_submission","trigger_id":"1","user":{"id":"U1"},"view":{"callback_id":"run","state":{"values":{"a":{"b":{}}}}}}`)
	f.Add(envelopeEvents, `{"type":"event_callback","event_id":"Ev1","event":{"type":"app_mention","user":"U1","text":"<@UBOT <@UBOT>","ts":"1.000001","channel":"C1"}}`)
	f.Fuzz(func(t *testing.T, envelope, payload string) {
		in, err := testDecoder().decode(envelope, json.RawMessage(payload))
		if err != nil && !in.empty() {
			t.Errorf("both an error and %+v", in)
		}
		if c := in.command; c != nil && (c.User == "" || c.ID == "" || c.Channel == "") {
			t.Errorf("incomplete command %+v", c)
		}
		for _, a := range in.actions {
			if a.User == "" || a.ID == "" || a.Name == "" && !strings.HasPrefix(payload, "{") {
				t.Errorf("incomplete action %+v", a)
			}
		}
		if m := in.mention; m != nil && (m.User == "" || m.User == "UBOT" || m.ID == "" || m.Channel == "") {
			t.Errorf("incomplete mention %+v", m)
		}
		if s := in.submission; s != nil && (s.User == "" || s.CallbackID == "") {
			t.Errorf("incomplete submission %+v", s)
		}
	})
}
