package configs_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/configs"
)

const people = `contacts:
  - {role: 系统管理员, name: 张三, email: admin@company.com}
  - {role: dba, name: 李四, email: DBA@company.com, id: lisi}
  - {role: network, name: 张三, email: admin@company.com}
  - {role: dba, name: 王五, slack: U0WANGWU}
`

func TestRotationsNamePeopleAsPeopleDo(t *testing.T) {
	table, err := configs.ParseContacts("c.yaml", []byte(people+`
rotations:
  - {role: 数据库管理员, people: [李四, 张三, U0WANGWU, dba@company.com], shift: weekly, handoff: Monday 9:00, timezone: Asia/Shanghai, start: 2026-01-01}
`))
	require.NoError(t, err)
	require.Equal(t, configs.RoleDBA, table.Rotations[0].Role)
	require.Equal(t, []string{"lisi", "admin@company.com", "U0WANGWU", "lisi"}, table.Rotations[0].People)
}

func TestTurns(t *testing.T) {
	for name, tt := range map[string]struct {
		shift, handoff, start string
		first                 string
		days                  int
	}{
		"weekly, from its day on":    {"weekly", "Mon 09:00", "2026-01-05", "2026-01-05T09:00:00+01:00", 7},
		"weekly, from the next":      {"weekly", "Mon 09:00", "2026-01-06", "2026-01-12T09:00:00+01:00", 7},
		"two weeks":                  {"14d", "friday 18:30", "2026-03-29", "2026-04-03T18:30:00+02:00", 14},
		"daily":                      {"daily", "08:00", "2026-07-01", "2026-07-01T08:00:00+02:00", 1},
		"every three days":           {"3d", "00:00", "2026-07-01", "2026-07-01T00:00:00+02:00", 3},
		"a quoted day is a day, too": {"daily", "08:00", `"2026-07-01"`, "2026-07-01T08:00:00+02:00", 1},
	} {
		t.Run(name, func(t *testing.T) {
			table, err := configs.ParseContacts("c.yaml", fmt.Appendf(nil, "%s\nrotations:\n  - {role: dba, people: [lisi], shift: %s, handoff: %q, timezone: Europe/Berlin, start: %s}\n",
				people, tt.shift, tt.handoff, tt.start))
			require.NoError(t, err)
			first, days := table.Rotations[0].Turns()
			require.Equal(t, tt.first, first.Format(time.RFC3339))
			require.Equal(t, "Europe/Berlin", first.Location().String())
			require.Equal(t, tt.days, days)
		})
	}
}
