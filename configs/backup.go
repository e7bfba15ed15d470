package configs

import "time"

func (b Backup) validate(ps *Problems) {
	if b.URL.Empty() {
		ps.add("backup.url", "is missing", "give file:///DIRECTORY or s3://BUCKET/PREFIX")
	} else {
		ps.storage("backup.url", b.URL)
	}
	ps.atLeast("backup.retention", b.Retention, time.Hour)
}
