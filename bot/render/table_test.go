package render

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"opsbot/messages"
	"opsbot/slacksim/blockkit"
)

// statusTable is a table like that of /status: six columns, of which a phone shows three and a half.
func statusTable(rows int) *messages.Table {
	table := &messages.Table{Columns: []messages.Column{
		{Title: lit("Service")}, {Title: lit("Rollout")}, {Title: lit("Ready"), Right: true}, {Title: lit("Image")},
		{Title: lit("Endpoints"), Right: true}, {Title: lit("HPA")},
	}}
	for i := range rows {
		table.Rows = append(table.Rows, []messages.Text{
			lit(fmt.Sprintf("order-service-%d", i+1)), lit("in progress"), lit("3/5"),
			lit("registry.example.com/ecommerce/order-service:v2.3.0"), lit("3"), lit("–"),
		})
	}
	return table
}

// topTable is a table like that of /top, which a phone shows whole where its cells are wrapped.
func topTable() *messages.Table {
	return &messages.Table{
		Columns: []messages.Column{{Title: lit("Pod")}, {Title: lit("CPU"), Right: true}, {Title: lit("of"), Right: true}, {Title: lit("Memory"), Right: true}, {Title: lit("of"), Right: true}},
		Rows:    [][]messages.Text{{lit("product-service-6c9d7f5b8-2xkqp"), lit("⚠ 412m"), lit("500m"), lit("301Mi"), lit("512Mi")}},
	}
}

func narrowTable() *messages.Table {
	return &messages.Table{Columns: []messages.Column{{Title: lit("Table")}, {Title: lit("Rows"), Right: true}}, Rows: [][]messages.Text{{lit("orders"), lit("1234")}}}
}

func cardOf(tables ...*messages.Table) messages.Card {
	card := messages.Card{Title: lit("x")}
	for _, t := range tables {
		card.Sections = append(card.Sections, messages.Section{Table: t})
	}
	return card
}

// tablesOf are the tables of a message as words, row by row.
func tablesOf(m Message) [][]string {
	var all [][]string
	for _, b := range m.Blocks {
		if table, ok := b.(*slack.TableBlock); ok {
			all = append(all, wordsOf(table))
		}
	}
	return all
}

func wordsOf(table *slack.TableBlock) []string {
	var rows []string
	for _, row := range table.Rows {
		var cells []string
		for _, cell := range row {
			cells = append(cells, cell.(*slack.TableRawTextCell).Text)
		}
		rows = append(rows, strings.Join(cells, " | "))
	}
	return rows
}

func TestWideTableIsSlacksOwn(t *testing.T) {
	got := testRenderer(t).MessageWithTable(cardOf(topTable()), "")
	require.True(t, got.HasTable)
	require.Equal(t, [][]string{{"Pod | CPU | of | Memory | of", "product-service-6c9d7f5b8-2xkqp | ⚠ 412m | 500m | 301Mi | 512Mi"}}, tablesOf(got))
	settings := got.Blocks[1].(*slack.TableBlock).ColumnSettings
	require.Equal(t, slack.ColumnSetting{Align: slack.ColumnAlignmentLeft, IsWrapped: true}, settings[0])
	require.Equal(t, slack.ColumnSetting{Align: slack.ColumnAlignmentRight}, settings[1])
	require.Equal(t, "x", got.Text)
	require.Empty(t, got.Overflow)
}

func TestColumnsThatAPhoneHasNoRoomForAreFolded(t *testing.T) {
	for locale, want := range map[string][]string{
		"":      {"Service | Rollout | Ready | More", "order-service-1 | in progress | 3/5 | Image: registry.example.com/ecommerce/order-service:v2.3.0 · Endpoints: 3"},
		"zh-CN": {"Service | Rollout | Ready | 其他", "order-service-1 | in progress | 3/5 | Image：registry.example.com/ecommerce/order-service:v2.3.0 · Endpoints：3"},
	} {
		require.Equal(t, [][]string{want}, tablesOf(testRenderer(t).MessageWithTable(cardOf(statusTable(1)), locale)))
	}
}

func TestNarrowTableIsPreformatted(t *testing.T) {
	got := testRenderer(t).MessageWithTable(cardOf(narrowTable()), "")
	require.False(t, got.HasTable)
	require.Contains(t, describe(t, got), "```\nTable   Rows\n──────  ────\norders  1234\n```")
}

func TestOneTableOfAMessageIsSlacksOwnAndTheOthersAreStacked(t *testing.T) {
	got := testRenderer(t).MessageWithTable(cardOf(narrowTable(), topTable(), statusTable(1)), "")
	require.Len(t, tablesOf(got), 1)
	require.Contains(t, describe(t, got), "*order-service-1* · Rollout: in progress · Ready: 3/5 · Image: registry.example.com/ecommerce/order-service:v2.3.0 · Endpoints: 3")
}

func TestWithoutSlacksTablesAWideTableIsStacked(t *testing.T) {
	got := testRenderer(t).Message(cardOf(topTable()), "")
	require.False(t, got.HasTable)
	require.Empty(t, tablesOf(got))
	require.Contains(t, describe(t, got), "*product-service-6c9d7f5b8-2xkqp* · CPU: ⚠ 412m · of: 500m · Memory: 301Mi · of: 512Mi")
}

func TestLongTableEndsWithANoteAndIsWholeInAFile(t *testing.T) {
	for name, draw := range map[string]func(messages.Card, string) Message{"own": testRenderer(t).MessageWithTable, "stacked": testRenderer(t).Message} {
		t.Run(name, func(t *testing.T) {
			got := draw(cardOf(statusTable(100)), "")
			shown := describe(t, Message{Text: got.Text, Blocks: got.Blocks})
			require.Regexp(t, regexp.MustCompile(`… [0-9]{2} more`), shown)
			require.NotContains(t, shown, "order-service-100")
			require.Len(t, got.Overflow, 1)
			require.Contains(t, string(got.Overflow[0].Content), "order-service-100")
			require.Contains(t, string(got.Overflow[0].Content), "Endpoints")
		})
	}
}

// shortTable has cells of a few words, as real tables have.
func shortTable() *rapid.Generator[*messages.Table] {
	word := rapid.SampledFrom(append([]string{"order-service-6c9d7f5b8-2xkqp", "registry.example.com/ecommerce/order-service:v2.3.0", "3/5", "发布中，等待新的副本就绪"}, hostile...))
	cell := rapid.Map(rapid.SliceOfN(word, 0, 3), func(words []string) messages.Text { return lit(strings.Join(words, " ")) })
	return rapid.Custom(func(t *rapid.T) *messages.Table {
		var table messages.Table
		for _, title := range rapid.SliceOfN(cell, 0, 25).Draw(t, "columns") {
			table.Columns = append(table.Columns, messages.Column{Title: title, Right: rapid.Bool().Draw(t, "right")})
		}
		table.Rows = rapid.SliceOfN(rapid.SliceOfN(cell, 0, 25), 0, 8).Draw(t, "rows")
		return &table
	})
}

func TestAnyTableFitsAPhone(t *testing.T) {
	r := testRenderer(t)
	rapid.Check(t, func(t *rapid.T) {
		table := shortTable().Draw(t, "table")
		got := r.MessageWithTable(cardOf(table, table), rapid.SampledFrom(messages.Locales()).Draw(t, "locale"))
		blocks, err := json.Marshal(got.Blocks)
		require.NoError(t, err)
		require.Empty(t, blockkit.Message(blocks, got.Text))
		require.LessOrEqual(t, len(tablesOf(got)), 1)
		for _, b := range got.Blocks {
			if own, ok := b.(*slack.TableBlock); ok {
				requireFitsPhone(t, own)
			}
		}
	})
}

func requireFitsPhone(t *rapid.T, table *slack.TableBlock) {
	width := 0
	for i := range table.Rows[0] {
		column := 0
		for _, row := range table.Rows {
			cell := row[i].(*slack.TableRawTextCell).Text
			word := min(longestWord(cell), widestWord)
			if !table.ColumnSettings[i].IsWrapped {
				word = messages.DisplayWidth(cell)
			}
			column = max(column, word)
		}
		width += column + cellMargins
	}
	require.LessOrEqual(t, width, phoneTable)
}

func TestLongestWord(t *testing.T) {
	for s, want := range map[string]int{"": 0, "in progress": 8, "order-service-6c9d7f5b8": 9, "支付服务": 2, "支付 payment": 7, "sts/postgres": 8, "⚠️ 412m": 4, "a支b": 2} {
		require.Equal(t, want, longestWord(s), s)
	}
}
