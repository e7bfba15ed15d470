package inspect

import (
	"time"

	"opsbot/messages"
)

// maxBackupAge is the age of the last verified backup from which on it is missed (handbook: 备份状态检查, daily), with an
// hour for the schedule.
const maxBackupAge = 25 * time.Hour

// checkBackups looks at the last backup that is known to be restorable.
func checkBackups(s *snapshot) []finding {
	if !s.backupsKnown {
		return nil
	}
	switch {
	case s.backups == 0:
		return []finding{{messages.ToneWarning, messages.New("k8sops.health.no_backup"), "backup db"}}
	case s.verifiedBackup.IsZero():
		return []finding{{messages.ToneWarning, messages.New("k8sops.health.no_verified_backup", "count", s.backups), "backup db"}}
	}
	if age := s.now.Sub(s.verifiedBackup); age > maxBackupAge {
		return []finding{{messages.ToneWarning, messages.New("k8sops.health.old_backup", "age", age), "backup db"}}
	}
	return nil
}

const shownWarnings = 5

// checkWarnings tells the warning events of the last hour. They are information: what is wrong now, other checks find.
func checkWarnings(s *snapshot) []finding {
	var findings []finding
	for _, g := range s.warnings[:min(shownWarnings, len(s.warnings))] {
		findings = append(findings, finding{messages.ToneInfo, messages.New("k8sops.health.event", "object", messages.Code(g.object),
			"reason", g.reason, "count", g.count, "age", max(0, s.now.Sub(g.last).Truncate(time.Second)), "message", messages.Clip(g.message, 140)), "events --warnings"})
	}
	return findings
}
