package oncall_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation/internal/fixture"
	"opsbot/escalation/oncall"
)

func lint(t *testing.T, d oncall.Directory) (serious, advice []string) {
	t.Helper()
	for _, f := range d.Lint(fixture.Start, fixture.Start.AddDate(0, 0, 28)) {
		text := fixture.Printer(t, "en").Text(f.Text)
		if f.Serious {
			serious = append(serious, text)
		} else {
			advice = append(advice, text)
		}
	}
	return serious, advice
}

func TestLintOfASoundTable(t *testing.T) {
	table := fixture.Contacts()
	for i := range table {
		table[i].Phone = "+861380000000" + string(rune('1'+i))
	}
	table = append(table, oncall.Contact{ID: "sunba", Role: "dba", Name: "孙八", Slack: "U0SUNBA"})
	d, err := oncall.NewDirectory(table, fixture.Weekly("lisi", "sunba"))
	require.NoError(t, err)
	require.Empty(t, d.Lint(fixture.Start, fixture.Start.AddDate(1, 0, 0)))
}

func TestLint(t *testing.T) {
	table := fixture.Contacts()
	table[2].Slack, table[3].Phone = "", "0755-123456"
	d, err := oncall.NewDirectory(table, fixture.Weekly("lisi", "wangwu"), oncall.Rotation{Role: oncall.Development, People: []string{"zhaoliu"}, First: fixture.Start, Days: 1})
	require.NoError(t, err)
	serious, advice := lint(t, d.WithOverrides([]oncall.Override{
		{Number: 4, Role: oncall.System, User: "U0GONE", From: fixture.Start, Until: fixture.Start.Add(time.Hour)},
		{Number: 3, Role: oncall.System, User: "U0GONE", From: fixture.Start.Add(-2 * time.Hour), Until: fixture.Start.Add(-time.Hour)},
	}))
	require.Equal(t, []string{
		"王五 takes turns as database administrator but cannot be paged; everybody in the role is paged instead",
		"nobody in the role network administrator can be paged. Add somebody to the contact table.",
		"override 4 (system administrator) is for @U0GONE, who is not in the contact table or cannot be paged",
	}, serious)
	require.Equal(t, []string{
		"王五 takes turns as database administrator but does not have that role in the contact table, and so lacks its rights in Kubernetes",
		"赵六 is alone in the rotation of the development lead and is never relieved",
		"张三: 138xxxx0001 is a placeholder, not a telephone number",
		"李四: 138xxxx0002 is a placeholder, not a telephone number",
		"王五: 138xxxx0003 is a placeholder, not a telephone number",
		"赵六: write 0755-123456 in the international form, such as +8613800000001",
	}, advice)
}

// A stand-in is all that a role has: when they go, nobody is left.
func TestLintFindsAGapToCome(t *testing.T) {
	table := fixture.Contacts()
	table[1].Slack = ""
	d, err := oncall.NewDirectory(table)
	require.NoError(t, err)
	serious, _ := lint(t, d.WithOverrides([]oncall.Override{{Number: 1, Role: oncall.DBA, User: fixture.Wangwu, From: fixture.Start, Until: fixture.Start.Add(time.Hour)}}))
	require.Equal(t, []string{"from 2026-03-02 10:00 UTC nobody in the role database administrator can be paged"}, serious)
}
