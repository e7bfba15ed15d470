package judge

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const goodTimeline = `# INC-1 · critical · ServiceDown

- **Status**: acknowledged
- **Opened**: 2026-01-02 03:04:05Z

## Alerts

- 🔴 ` + "`ServiceDown`" + ` ServiceDown of svc-a

## What happened

| Time (UTC) | Elapsed | Event |
| --- | --- | --- |
| 2026-01-02 03:04:05Z | – | Incident opened |

## Pages

| Page | Contact | Why | Intended | Attempted | Received by Slack | Acknowledged | State |
| --- | --- | --- | --- | --- | --- | --- | --- |
| 1/1 | Li Si (database administrator, slack) | a new incident | 2026-01-02 03:04:05Z | – | – | – | acknowledged |
| 1/2 | Zhang San (system administrator, slack) | no answer or no progress in time | 2026-01-02 03:04:13Z | – | – | – | answered by Li Si |
| 1/3 | Zhao Liu (development lead, slack) | no answer or no progress in time | 2026-01-02 03:04:21Z | – | – | – | not needed any more |
`

// good is a round in which all went well: one incident with three pages, of which one was taken back, and one operation.
func good(t *testing.T) Evidence {
	t.Helper()
	read, err := ReadTimeline(goodTimeline)
	require.NoError(t, err)
	return Evidence{
		Stories:  []Story{{Service: "svc-a", Role: "dba", Fires: 1}},
		Commands: []*Command{{Replicas: 3, Delivered: true}},
		Posts: []Post{
			{Key: "incident/1/header", Text: "INC-1 ServiceDown of svc-a\n*Status*\nacknowledged\n*Alerts*\n1 firing of 1"},
			{Key: "incident/1/page/1", Text: "svc-a", To: "dba"},
			{Key: "incident/1/page/2", Text: "svc-a", To: "system"},
			{Key: "call/c1/answer", Text: "done\n`/scale user-service 3`"},
			{Text: "<@U1> scale user-service 3"},
		},
		Timelines: map[string]Timeline{"1": read},
		Patches:   []Patch{{call: "c1", replicas: 3}},
		Respond:   8 * time.Second,
	}
}

func TestJudgeFindsNothingWhereAllIsWell(t *testing.T) {
	v := Evaluate(good(t))
	require.Empty(t, v.Problems)
	require.Equal(t, Verdict{Alerts: 1, Pages: 3, Operations: 1}, v)
}

// Whatever goes wrong, one check finds it and counts it once.
func TestJudgeFinds(t *testing.T) {
	page := func(e *Evidence, i int) *ledgerRow { return &e.Timelines["1"].pages[i] }
	for name, tt := range map[string]struct {
		spoil func(e *Evidence)
		want  func(v Verdict) int
	}{
		"no thread for an alert": {
			func(e *Evidence) { e.Stories = append(e.Stories, Story{Service: "svc-b", Fires: 1}) },
			func(v Verdict) int { return v.LostAlerts },
		},
		"an alert that the timeline does not have": {
			func(e *Evidence) {
				e.Stories[0].Grows = 2
				e.Posts[0].Text = "svc-a\n*Status*\nacknowledged\n*Alerts*\n2 firing of 2"
			},
			func(v Verdict) int { return v.LostAlerts },
		},
		"two threads for one service": {
			func(e *Evidence) {
				e.Timelines["2"] = Timeline{text: e.Timelines["1"].text, pages: []ledgerRow{{id: "2/1", reason: reasonOpened, state: stateCancelled}}}
				e.Posts = append(e.Posts, Post{Key: "incident/2/header", Text: "svc-a"})
			},
			func(v Verdict) int { return v.DoubledMessages },
		},
		"a header that still says open": {
			func(e *Evidence) { e.Posts[0].Text = "svc-a\n*Status*\nopen, nobody\n*Alerts*\n1 firing of 1" },
			func(v Verdict) int { return v.Diverged },
		},
		"a header that still shows the alert": {
			func(e *Evidence) {
				e.Stories[0].Ends = 2
				e.Timelines["1"] = Timeline{text: "\n## Alerts\n\n- ✅ `ServiceDown`\n", pages: e.Timelines["1"].pages}
			},
			func(v Verdict) int { return v.Diverged },
		},
		"a page that never left":           {func(e *Evidence) { page(e, 1).state = "queued" }, func(v Verdict) int { return v.LostPages }},
		"a page without a message":         {func(e *Evidence) { e.Posts[1].Key = "" }, func(v Verdict) int { return v.LostPages }},
		"nobody was paged at the opening":  {func(e *Evidence) { page(e, 0).reason = "news" }, func(v Verdict) int { return v.LostPages }},
		"a page sent twice":                {func(e *Evidence) { e.Posts = append(e.Posts, e.Posts[1]) }, func(v Verdict) int { return v.DoubledPages }},
		"a page that no ledger knows":      {func(e *Evidence) { e.Posts = append(e.Posts, Post{Key: "incident/1/page/9"}) }, func(v Verdict) int { return v.DoubledPages }},
		"a person paged twice for opening": {func(e *Evidence) { page(e, 1).reason, page(e, 1).contact = reasonOpened, page(e, 0).contact }, func(v Verdict) int { return v.DoubledPages }},
		"a deadline that fired twice": {
			func(e *Evidence) { page(e, 2).contact, page(e, 2).intended = page(e, 1).contact, page(e, 1).intended },
			func(v Verdict) int { return v.DoubledPages },
		},
		"an answer posted twice":      {func(e *Evidence) { e.Posts = append(e.Posts, e.Posts[3]) }, func(v Verdict) int { return v.DoubledMessages }},
		"a button on what is over":    {func(e *Evidence) { e.Posts[1].OffersAck = true }, func(v Verdict) int { return v.Diverged }},
		"an operation that ran twice": {func(e *Evidence) { e.Patches = append(e.Patches, Patch{call: "c2", replicas: 3}) }, func(v Verdict) int { return v.DoubledOperations }},
		"a call that changed things twice": {func(e *Evidence) {
			e.Patches = append(e.Patches, Patch{call: "c1", replicas: 4})
			e.Commands = append(e.Commands, &Command{Replicas: 4})
		}, func(v Verdict) int { return v.DoubledOperations }},
		"an operation that nobody asked for": {
			func(e *Evidence) { e.Patches = append(e.Patches, Patch{call: "c2", replicas: 7}) },
			func(v Verdict) int { return len(v.Problems) },
		},
		"a rule of Slack's that was broken": {
			func(e *Evidence) { e.Violations = []string{"late_ack: of a press"} },
			func(v Verdict) int { return len(v.Problems) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			e := good(t)
			tt.spoil(&e)
			v := Evaluate(e)
			require.Equal(t, 1, tt.want(v), "%v", v.Problems)
			require.Len(t, v.Problems, 1)
		})
	}
}

func TestJudgeCountsWhatWasNotAnswered(t *testing.T) {
	e := good(t)
	e.Commands = append(e.Commands, &Command{Replicas: 5, Delivered: true}, &Command{Replicas: 6})
	v := Evaluate(e)
	require.Empty(t, v.Problems)
	require.Equal(t, 1, v.Unanswered)
}

// An alert that had ended before opsbot heard of it pages nobody, and nothing is lost.
func TestJudgeKnowsWhatWasOverAtOnce(t *testing.T) {
	e := good(t)
	e.Stories[0].Ends = 2
	e.Posts = []Post{{Key: "incident/1/header", Text: "svc-a\n*Status*\nresolved\n*Alerts*\n0 firing of 1"}}
	e.Commands, e.Patches = nil, nil
	at := "\n- **Opened**: 2026-01-02 03:04:05Z\n- **Resolved**: 2026-01-02 03:04:05Z\n\n## Alerts\n\n- ✅ `ServiceDown`\n"
	e.Timelines["1"] = Timeline{text: at}
	require.Empty(t, Evaluate(e).Problems)
}
