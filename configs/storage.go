package configs

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// storageParameters are what an s3 URL may say behind its question mark.
func storageParameters() []string {
	return []string{"endpoint", "kmskeyid", "region", "request_checksum_calculation", "s3ForcePathStyle", "ssetype"}
}

// checkStorage checks the URL of a directory or a bucket.
func checkStorage(ps *Problems, path string, u URL) {
	checkScheme(ps, path, u, "file", "s3")
	switch {
	case u.HasCredentials():
		ps.Add(path, "holds credentials", "put them into the environment, as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
	case u.Scheme() == "file" && (u.Host() != "" || u.FilePath() == ""):
		ps.Add(path, "is not an absolute path", "write three slashes: file:///var/lib/opsbot/backups")
	case u.Scheme() == "s3" && u.Host() == "":
		ps.Add(path, "names no bucket", "write s3://BUCKET/PREFIX")
	default:
		checkStorageParameters(ps, path, u)
	}
}

func checkStorageParameters(ps *Problems, path string, u URL) {
	query, err := url.ParseQuery(u.RawQuery())
	if err != nil {
		ps.Add(path, "has parameters that cannot be read", "write NAME=VALUE, with & between them")
		return
	}
	known := storageParameters()
	fix := "known are " + strings.Join(known, ", ")
	if u.Scheme() == "file" {
		known, fix = nil, "a directory has none"
	}
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if !slices.Contains(known, name) {
			ps.Add(path, fmt.Sprintf("has an unknown parameter %q", name), fix)
		}
	}
	if endpoint, err := url.Parse(query.Get("endpoint")); err == nil && endpoint.User != nil {
		ps.Add(path, "holds credentials in its endpoint", "put them into the environment, as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
	}
}
