package render

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"opsbot/messages"
	"opsbot/slacksim/blockkit"
)

// onPhone is a message that slacksim's page is looked at with, in a browser as wide as a phone.
type onPhone struct {
	Name   string        `json:"name"`
	Text   string        `json:"text"`
	Blocks []slack.Block `json:"blocks"`
}

// column is "Title", or ">Title" for numbers.
func tableOf(columns []string, rows ...[]string) *messages.Table {
	var t messages.Table
	for _, c := range columns {
		right := c[0] == '>'
		if right {
			c = c[1:]
		}
		t.Columns = append(t.Columns, messages.Column{Title: lit(c), Right: right})
	}
	for _, row := range rows {
		var cells []messages.Text
		for _, cell := range row {
			cells = append(cells, lit(cell))
		}
		t.Rows = append(t.Rows, cells)
	}
	return &t
}

// phoneTables are tables as operations answer with, with names as long as real ones are.
func phoneTables() map[string]*messages.Table {
	return map[string]*messages.Table{
		"status": tableOf([]string{"Service", "Rollout", ">Ready", "Image", ">Endpoints", "HPA"},
			[]string{"api-gateway", "complete", "2/2", "registry.example.com/ecommerce/api-gateway:v1.14.2", "2", "2 (2–10), cpu 41 %/70 %"},
			[]string{"order-service", "in progress", "3/5", "registry.example.com/ecommerce/order-service:v2.3.0-rc.1", "3", "5 (3–10), cpu 88 %/70 %"},
			[]string{"sts/postgres", "complete", "1/1", "postgres:16.4", "1", "–"}),
		"status.zh": tableOf([]string{"服务", "发布", ">就绪", "镜像", ">端点", "HPA"},
			[]string{"api-gateway", "完成", "2/2", "registry.example.com/ecommerce/api-gateway:v1.14.2", "2", "2（2–10），cpu 41 %/70 %"},
			[]string{"支付服务", "发布中，等待新的副本就绪", "3/5", "registry.example.com/ecommerce/payment-service:v2.3.0", "3", ""}),
		"top": tableOf([]string{"Object", ">CPU", ">of", ">Memory", ">of"},
			[]string{"product-service-6c9d7f5b8-2xkqp", "⚠ 412m", "500m", "301Mi", "512Mi"},
			[]string{"payment-service-7b88d6f4c9-w7x2n", "88m", "500m", "⚠ 1.9Gi", "2Gi"}),
		"watch": tableOf([]string{"Pod", "State", ">Restarts", ">Age"},
			[]string{"payment-service-7b88d6f4c9-w7x2n", "CrashLoopBackOff", "124", "26h"},
			[]string{"postgres-0", "Running", "0", "12d"}),
		"events": tableOf([]string{">Last", ">×", "Kind", "Object", "Message"},
			[]string{"32s", "418", "⚠ BackOff", "pod/payment-service-7b88d6f4c9-w7x2n", "Back-off restarting failed container app in pod payment-service-7b88d6f4c9-w7x2n_ecommerce-k8s(0f3a7c1e-9d5b-4c3e-8a0e-0c6f6f3f2f10)"},
			[]string{"4m", "1", "ScalingReplicaSet", "deployment/order-service", "Scaled up replica set order-service-6c9d7f5b8 from 3 to 5"}),
		"history": tableOf([]string{">Revision", "Image", ">Age", "Cause"},
			[]string{"12", "registry.example.com/ecommerce/order-service:v2.3.0-rc.1@sha256:0f3a7c1e9d5b4c3e8a0e0c6f6f3f2f10", "26h", "/rollout order v2.3.0-rc.1"}),
		"who": tableOf([]string{"Time", "Stage", ">Step", "Role", "Person", "Channel", "Why"},
			[]string{"Nov 30 14:05", "respond", "1", "database administrator", "Zhang San", "Slack, then SMS", "routing: team=database"}),
		"narrow": tableOf([]string{"Table", ">Rows"}, []string{"orders", "1,204,331"}, []string{"payments", "87"}),
	}
}

func TestTablesOnAPhone(t *testing.T) {
	r := testRenderer(t)
	tables := phoneTables()
	health := messages.Card{
		Tone: messages.ToneWarning, Title: lit("ecommerce-k8s: 2 findings"), Facts: []messages.Fact{fact("Nodes", lit("3 of 3 ready")), fact("Pods", lit("18"))},
		Sections: []messages.Section{healthVerdict.Sections[0], {Table: tables["watch"]}, {Table: tables["events"]}, {Table: tables["narrow"]}},
	}
	file := filepath.Join("testdata", "phone.json")
	var all []onPhone
	add := func(name string, m Message) {
		blocks, err := json.Marshal(m.Blocks)
		require.NoError(t, err)
		require.Empty(t, blockkit.Message(blocks, m.Text))
		all = append(all, onPhone{name, m.Text, m.Blocks})
	}
	for _, name := range []string{"status", "status.zh", "top", "watch", "events", "history", "who", "narrow"} {
		card := messages.Card{Tone: messages.ToneGood, Title: lit("/" + name), Sections: []messages.Section{{Table: tables[name]}}}
		add(name, r.MessageWithTable(card, ""))
		add(name+", no table", r.Message(card, "zh-CN"))
	}
	add("health", r.MessageWithTable(health, ""))
	add("health, no table", r.Message(health, ""))
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	require.NoError(t, encoder.Encode(all))
	golden(t, file, b.String())
}
