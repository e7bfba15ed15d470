package check

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/configs"
	"opsbot/internal/apptest"
)

// check finds what is wrong with the contact table beside what it asks Slack about it.
func TestCheckOfTheContactTable(t *testing.T) {
	config := apptest.WriteConfig(t, apptest.Workspace(t), "127.0.0.1:0")
	dir := filepath.Dir(config)
	table := string(configs.HandbookContactsFile()) + `
  - {role: dba, name: 孙八, email: sunba@company.com, phone: 0755-123456}
  - {role: network, name: 周九, slack: U0NOBODY}
rotations:
  - {role: dba, people: [孙八], shift: weekly, handoff: Mon 09:00, timezone: Asia/Shanghai, start: 2026-01-05}
  - {role: development, calendar: dev.ics}
`
	require.NoError(t, os.WriteFile(filepath.Join(dir, "contacts.yaml"), []byte(table), 0o600))
	out := checked(t, apptest.LoadConfig(t, config))
	for _, line := range []string{
		"FAIL  contacts: 孙八 <sunba@company.com> cannot be paged",
		"FAIL  contacts: 周九 cannot be paged as Slack user U0NOBODY",
		"FAIL  contacts: 孙八 takes turns as database administrator but cannot be paged; everybody in the role is paged instead",
		"FAIL  contacts: the calendar of the development lead cannot be read: no such file or directory",
		"warn  contacts: 孙八 is alone in the rotation of the database administrator and is never relieved",
		"warn  contacts: 李四: 138xxxx0002 is a placeholder, not a telephone number",
		"warn  contacts: 孙八: write 0755-123456 in the international form",
	} {
		require.Contains(t, out, line)
	}
	require.NotContains(t, out, "ok    contacts")

	ics := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:20260101\r\n" +
		"RRULE:FREQ=DAILY\r\nSUMMARY:赵六\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:2\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:20260101\r\n" +
		"RRULE:FREQ=DAILY\r\nSUMMARY:Carl\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "dev.ics"), []byte(ics), 0o600))
	out = checked(t, apptest.LoadConfig(t, config))
	require.NotContains(t, out, "cannot be read")
	require.Contains(t, out, "warn  contacts: an event in the calendar of the development lead names nobody in the contact table: Carl")

	bad := strings.Replace(ics, "DTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=DAILY\r\nSUMMARY:Carl", "DTSTART;TZID=Mars/Olympus:20260101T090000\r\nRRULE:FREQ=DAILY\r\nSUMMARY:Carl", 1)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "dev.ics"), []byte(bad), 0o600))
	out = checked(t, apptest.LoadConfig(t, config))
	require.NotContains(t, out, "cannot be read")
	require.Contains(t, out, "warn  contacts: an event in the calendar of the development lead puts nobody on call: Carl: its time zone is unknown: Mars/Olympus")
}
