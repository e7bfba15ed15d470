package backup

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"opsbot/k8sops"
	"opsbot/messages"
)

// Table is what a table held: its rows, and a sum over all of them that does not depend on their order.
type Table struct {
	Name string `json:"name"`
	Rows int64  `json:"rows"`
	Sum  string `json:"sum"`
}

// tablesSQL counts and sums up every table: the sum is that of the first 32 bits of each row's MD5, as text. It finds a row that is
// missing or different; it is no protection against somebody who wants to deceive.
const tablesSQL = `SELECT format('%I.%I', table_schema, table_name), (xpath('/row/n/text()', x))[1]::text, (xpath('/row/s/text()', x))[1]::text
FROM (SELECT table_schema, table_name, query_to_xml(format(
 'SELECT count(*) AS n, coalesce(sum((''x'' || substr(md5(t::text), 1, 8))::bit(32)::bigint), 0) AS s FROM %I.%I t', table_schema, table_name), false, true, '') AS x
 FROM information_schema.tables WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')) counted ORDER BY 1`

// tables are those of a database, by name.
func (s server) tables(ctx context.Context, database string) ([]Table, error) {
	rows, err := s.Query(ctx, database, strings.ReplaceAll(tablesSQL, "\n", " "))
	if err != nil {
		return nil, err
	}
	return readTables(rows)
}

func readTables(rows [][]string) ([]Table, error) {
	var tables []Table
	for _, row := range rows {
		if len(row) != 3 {
			return nil, fmt.Errorf("count of tables: %d columns", len(row))
		}
		n, err := strconv.ParseInt(row[1], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("count of table %s: %w", row[0], err)
		}
		tables = append(tables, Table{row[0], n, row[2]})
	}
	return tables, nil
}

// differences names the tables that are not the same in both.
func differences(want, got []Table) []string {
	var names []string
	for _, table := range want {
		if !slices.Contains(got, table) {
			names = append(names, table.Name)
		}
	}
	for _, table := range got {
		if !slices.ContainsFunc(want, func(w Table) bool { return w.Name == table.Name }) {
			names = append(names, table.Name)
		}
	}
	slices.Sort(names)
	return names
}

func rowsOf(tables []Table) (total int64) {
	for _, table := range tables {
		total += table.Rows
	}
	return total
}

// shownTables is how many tables a card shows; what differs comes first.
const shownTables = 15

// compareTables shows rows before and after, table by table.
func compareTables(before, after []Table) *messages.Table {
	table := &messages.Table{Columns: []messages.Column{
		{Title: messages.New("k8sops.column.table")},
		{Title: messages.New("k8sops.column.rows_before"), Right: true},
		{Title: messages.New("k8sops.column.rows_after"), Right: true},
	}}
	changed := differences(before, after)
	names := append(slices.Clone(changed), tableNames(after)...)
	var shown []string
	for _, name := range names {
		if !slices.Contains(shown, name) && len(shown) < shownTables {
			shown = append(shown, name)
			table.Rows = append(table.Rows, k8sops.Literals(name, rowsIn(before, name), rowsIn(after, name)))
		}
	}
	return table
}

// tableCounts shows the rows of tables, the largest first.
func tableCounts(tables []Table) *messages.Table {
	table := &messages.Table{Columns: []messages.Column{
		{Title: messages.New("k8sops.column.table")},
		{Title: messages.New("k8sops.column.rows"), Right: true},
	}}
	largest := slices.SortedStableFunc(slices.Values(tables), func(a, b Table) int { return cmp.Compare(b.Rows, a.Rows) })
	for _, t := range largest[:min(shownTables, len(largest))] {
		table.Rows = append(table.Rows, k8sops.Literals(t.Name, strconv.FormatInt(t.Rows, 10)))
	}
	return table
}

func tableNames(tables []Table) []string {
	names := make([]string, len(tables))
	for i, table := range tables {
		names[i] = table.Name
	}
	return names
}

func rowsIn(tables []Table, name string) string {
	at := slices.IndexFunc(tables, func(t Table) bool { return t.Name == name })
	if at < 0 {
		return "–"
	}
	return strconv.FormatInt(tables[at].Rows, 10)
}
