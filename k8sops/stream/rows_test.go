package stream

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const podTable = `{"kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": {"resourceVersion": "7"},
"columnDefinitions": [{"name": "Name", "type": "string"}, {"name": "Ready", "type": "string"}, {"name": "Restarts", "type": "string"}],
"rows": [{"cells": ["user-1", "1/1", "0"], "object": null}, {"cells": ["order-1", "0/1", "3 (2m ago)"]}]}`

func rowsOf(table string, columns ...string) (rows [][]string, err error) {
	err = decodeTable(json.NewDecoder(strings.NewReader(table)), columns, func(cells []string) { rows = append(rows, cells) })
	return rows, err
}

func TestRowsHaveTheColumnsThatWereAskedFor(t *testing.T) {
	rows, err := rowsOf(podTable, "Restarts", "Name")
	require.NoError(t, err)
	require.Equal(t, [][]string{{"0", "user-1"}, {"3 (2m ago)", "order-1"}}, rows)
}

func TestATableThatIsNoneIsAnError(t *testing.T) {
	_, err := rowsOf(podTable, "Name", "Readiness Gates")
	require.ErrorIs(t, err, ErrNoColumn)
	for _, table := range []string{"", "[]", `{"rows": {}}`, podTable[:len(podTable)-40]} {
		_, err := rowsOf(table)
		require.Error(t, err, table)
	}
	_, err = rowsOf(strings.Replace(podTable, `"3 (2m ago)"`, "", 1), "Name")
	require.Error(t, err)
	_, err = rowsOf(strings.Replace(podTable, `, "3 (2m ago)"`, "", 1), "Restarts")
	require.ErrorContains(t, err, "row of 2 cells")
}
