package configs

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
)

// storageParameters are what an s3 URL may say behind its question mark.
func storageParameters() []string {
	return []string{"endpoint", "kmskeyid", "region", "request_checksum_calculation", "s3ForcePathStyle", "ssetype"}
}

func (b Backup) validate(ps *Problems) {
	ps.scheme("backup.url", b.URL, "file", "s3")
	switch {
	case b.URL.Empty():
		ps.add("backup.url", "is missing", "give file:///DIRECTORY or s3://BUCKET/PREFIX")
	case b.URL.parsed.User != nil:
		ps.add("backup.url", "holds credentials", "put them into the environment, as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
	case b.URL.Scheme() == "file" && (b.URL.Host() != "" || b.URL.FilePath() == ""):
		ps.add("backup.url", "is not an absolute path", "write three slashes: file:///var/lib/opsbot/backups")
	case b.URL.Scheme() == "s3" && b.URL.Host() == "":
		ps.add("backup.url", "names no bucket", "write s3://BUCKET/PREFIX")
	default:
		b.validateParameters(ps)
	}
	ps.atLeast("backup.retention", b.Retention, time.Hour)
}

func (b Backup) validateParameters(ps *Problems) {
	query, err := url.ParseQuery(b.URL.parsed.RawQuery)
	if err != nil {
		ps.add("backup.url", "has parameters that cannot be read", "write NAME=VALUE, with & between them")
		return
	}
	known := storageParameters()
	fix := "known are " + strings.Join(known, ", ")
	if b.URL.Scheme() == "file" {
		known, fix = nil, "a directory has none"
	}
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if !slices.Contains(known, name) {
			ps.add("backup.url", fmt.Sprintf("has an unknown parameter %q", name), fix)
		}
	}
	if endpoint, err := url.Parse(query.Get("endpoint")); err == nil && endpoint.User != nil {
		ps.add("backup.url", "holds credentials in its endpoint", "put them into the environment, as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
	}
}
