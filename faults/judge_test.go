package main

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
func good(t *testing.T) evidence {
	t.Helper()
	read, err := readTimeline(goodTimeline)
	require.NoError(t, err)
	return evidence{
		stories:  []story{{service: "svc-a", role: "dba", fires: 1}},
		commands: []*typed{{replicas: 3, delivered: true}},
		posts: []post{
			{key: "incident/1/header", text: "INC-1 ServiceDown of svc-a\n*Status*\nacknowledged\n*Alerts*\n1 firing of 1"},
			{key: "incident/1/page/1", text: "svc-a", to: "dba"},
			{key: "incident/1/page/2", text: "svc-a", to: "system"},
			{key: "call/c1/answer", text: "done\n`/scale user-service 3`"},
			{text: "<@U1> scale user-service 3"},
		},
		timelines: map[string]timeline{"1": read},
		patches:   []patch{{call: "c1", replicas: 3}},
		respond:   8 * time.Second,
	}
}

func TestJudgeFindsNothingWhereAllIsWell(t *testing.T) {
	v := judge(good(t))
	require.Empty(t, v.problems)
	require.Equal(t, verdict{alerts: 1, pages: 3, operations: 1}, v)
}

// Whatever goes wrong, one check finds it and counts it once.
func TestJudgeFinds(t *testing.T) {
	page := func(e *evidence, i int) *ledgerRow { return &e.timelines["1"].pages[i] }
	for name, tt := range map[string]struct {
		spoil func(e *evidence)
		want  func(v verdict) int
	}{
		"no thread for an alert": {
			func(e *evidence) { e.stories = append(e.stories, story{service: "svc-b", fires: 1}) },
			func(v verdict) int { return v.lostAlerts },
		},
		"an alert that the timeline does not have": {
			func(e *evidence) {
				e.stories[0].grows = 2
				e.posts[0].text = "svc-a\n*Status*\nacknowledged\n*Alerts*\n2 firing of 2"
			},
			func(v verdict) int { return v.lostAlerts },
		},
		"two threads for one service": {
			func(e *evidence) {
				e.timelines["2"] = timeline{text: e.timelines["1"].text, pages: []ledgerRow{{id: "2/1", reason: reasonOpened, state: stateCancelled}}}
				e.posts = append(e.posts, post{key: "incident/2/header", text: "svc-a"})
			},
			func(v verdict) int { return v.doubledMessages },
		},
		"a header that still says open": {
			func(e *evidence) { e.posts[0].text = "svc-a\n*Status*\nopen, nobody\n*Alerts*\n1 firing of 1" },
			func(v verdict) int { return v.diverged },
		},
		"a header that still shows the alert": {
			func(e *evidence) {
				e.stories[0].ends = 2
				e.timelines["1"] = timeline{text: "\n## Alerts\n\n- ✅ `ServiceDown`\n", pages: e.timelines["1"].pages}
			},
			func(v verdict) int { return v.diverged },
		},
		"a page that never left":           {func(e *evidence) { page(e, 1).state = "queued" }, func(v verdict) int { return v.lostPages }},
		"a page without a message":         {func(e *evidence) { e.posts[1].key = "" }, func(v verdict) int { return v.lostPages }},
		"nobody was paged at the opening":  {func(e *evidence) { page(e, 0).reason = "news" }, func(v verdict) int { return v.lostPages }},
		"a page sent twice":                {func(e *evidence) { e.posts = append(e.posts, e.posts[1]) }, func(v verdict) int { return v.doubledPages }},
		"a page that no ledger knows":      {func(e *evidence) { e.posts = append(e.posts, post{key: "incident/1/page/9"}) }, func(v verdict) int { return v.doubledPages }},
		"a person paged twice for opening": {func(e *evidence) { page(e, 1).reason, page(e, 1).contact = reasonOpened, page(e, 0).contact }, func(v verdict) int { return v.doubledPages }},
		"a deadline that fired twice": {
			func(e *evidence) { page(e, 2).contact, page(e, 2).intended = page(e, 1).contact, page(e, 1).intended },
			func(v verdict) int { return v.doubledPages },
		},
		"an answer posted twice":      {func(e *evidence) { e.posts = append(e.posts, e.posts[3]) }, func(v verdict) int { return v.doubledMessages }},
		"a button on what is over":    {func(e *evidence) { e.posts[1].offersAck = true }, func(v verdict) int { return v.diverged }},
		"an operation that ran twice": {func(e *evidence) { e.patches = append(e.patches, patch{call: "c2", replicas: 3}) }, func(v verdict) int { return v.doubledOperations }},
		"a call that changed things twice": {func(e *evidence) {
			e.patches = append(e.patches, patch{call: "c1", replicas: 4})
			e.commands = append(e.commands, &typed{replicas: 4})
		}, func(v verdict) int { return v.doubledOperations }},
		"an operation that nobody asked for": {
			func(e *evidence) { e.patches = append(e.patches, patch{call: "c2", replicas: 7}) },
			func(v verdict) int { return len(v.problems) },
		},
		"a rule of Slack's that was broken": {
			func(e *evidence) { e.violations = []string{"late_ack: of a press"} },
			func(v verdict) int { return len(v.problems) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			e := good(t)
			tt.spoil(&e)
			v := judge(e)
			require.Equal(t, 1, tt.want(v), "%v", v.problems)
			require.Len(t, v.problems, 1)
		})
	}
}

func TestJudgeCountsWhatWasNotAnswered(t *testing.T) {
	e := good(t)
	e.commands = append(e.commands, &typed{replicas: 5, delivered: true}, &typed{replicas: 6})
	v := judge(e)
	require.Empty(t, v.problems)
	require.Equal(t, 1, v.unanswered)
}

// An alert that had ended before opsbot heard of it pages nobody, and nothing is lost.
func TestJudgeKnowsWhatWasOverAtOnce(t *testing.T) {
	e := good(t)
	e.stories[0].ends = 2
	e.posts = []post{{key: "incident/1/header", text: "svc-a\n*Status*\nresolved\n*Alerts*\n0 firing of 1"}}
	e.commands, e.patches = nil, nil
	at := "\n- **Opened**: 2026-01-02 03:04:05Z\n- **Resolved**: 2026-01-02 03:04:05Z\n\n## Alerts\n\n- ✅ `ServiceDown`\n"
	e.timelines["1"] = timeline{text: at}
	require.Empty(t, judge(e).problems)
}
