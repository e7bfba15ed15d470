package configs

import (
	"fmt"
	"strings"
	"time"

	"opsbot/internal/agefile"
)

func (b Backup) validate(ps *Problems) {
	if b.URL.Empty() {
		ps.Add("backup.url", "is missing", "give file:///DIRECTORY or s3://BUCKET/PREFIX")
	} else {
		checkStorage(ps, "backup.url", b.URL)
	}
	checkAtLeast(ps, "backup.retention", b.Retention, time.Hour)
	for i, recipient := range b.Recipients {
		if _, err := agefile.Parse([]string{recipient}, nil); err != nil {
			ps.Add(fmt.Sprintf("backup.recipients[%d]", i), strings.TrimPrefix(err.Error(), "recipient 1: "), "give what age-keygen -y prints for your identity file: age1…")
		}
	}
	for i, identity := range b.Identities {
		if _, err := agefile.Parse(nil, []string{identity.Reveal()}); err != nil {
			ps.Add(fmt.Sprintf("backup.identities[%d]", i), strings.TrimPrefix(err.Error(), "identity 1: "), "give file:/PATH of the file that age-keygen has written, without a passphrase")
		}
	}
}
