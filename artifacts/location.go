package artifacts

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
)

// location is a storage's URL, taken apart.
type location struct {
	scheme string
	dir    string // of file
	bucket string // of s3
	prefix string // of s3, with a slash at its end, or empty
	s3     s3Options
}

// s3Options are what the parameters of an s3 URL say.
type s3Options struct {
	endpoint  string // empty: AWS
	region    string // empty: what the environment says
	pathStyle bool
	// encryption and key ask for encryption at rest (AES256, aws:kms); empty: the bucket's own.
	encryption, key string
	// checksums is false for servers that do not know the checksums that AWS' SDK sends.
	checksums bool
}

// parseLocation accepts file:///DIRECTORY, s3://BUCKET/PREFIX?… and, for tests, mem://. Credentials have no place in the URL, which is
// shown in errors and logs.
func parseLocation(address string) (location, error) {
	u, err := url.Parse(address)
	if err != nil {
		// url.Error repeats the whole text.
		if cause, ok := errors.AsType[*url.Error](err); ok {
			err = cause.Err
		}
		return location{}, fmt.Errorf("storage URL: %w", err)
	}
	if u.User != nil {
		return location{}, errors.New("storage URL: credentials do not belong into it; give them as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return location{}, fmt.Errorf("storage URL: parameters: %w", err)
	}
	l := location{scheme: u.Scheme}
	switch u.Scheme {
	case "file":
		return l.file(u, query)
	case "s3":
		return l.object(u, query)
	case "mem":
		return l, refuseParameters(query)
	}
	return location{}, fmt.Errorf("storage URL: %q is no kind of storage; write file:///DIRECTORY or s3://BUCKET/PREFIX", u.Scheme)
}

func (l location) file(u *url.URL, query url.Values) (location, error) {
	if u.Host != "" || !path.IsAbs(u.Path) {
		return location{}, errors.New("storage URL: a directory has three slashes: file:///var/lib/opsbot/backups")
	}
	l.dir = u.Path
	return l, refuseParameters(query)
}

func (l location) object(u *url.URL, query url.Values) (location, error) {
	if u.Host == "" || u.Port() != "" {
		return location{}, errors.New("storage URL: the bucket's name is missing: s3://BUCKET/PREFIX; a server's address is the parameter endpoint")
	}
	l.bucket = u.Host
	if l.prefix = strings.Trim(u.Path, "/"); l.prefix != "" {
		l.prefix += "/"
	}
	l.s3.checksums = true
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if err := l.s3.set(name, query.Get(name)); err != nil {
			return location{}, fmt.Errorf("storage URL: %w", err)
		}
	}
	return l, nil
}

func (o *s3Options) set(name, value string) (err error) {
	switch name {
	case "endpoint":
		o.endpoint, err = checkEndpoint(value)
	case "region":
		o.region = value
	case "s3ForcePathStyle":
		o.pathStyle, err = strconv.ParseBool(value)
	case "ssetype":
		o.encryption = value
	case "kmskeyid":
		o.key = value
	case "request_checksum_calculation":
		o.checksums = value != "when_required"
		if o.checksums && value != "when_supported" {
			err = errors.New("write when_supported or when_required")
		}
	default:
		return unknownParameter(name)
	}
	if err != nil {
		return fmt.Errorf("parameter %s: %w", name, err)
	}
	return nil
}

func checkEndpoint(value string) (string, error) {
	u, err := url.Parse(value)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return "", errors.New("write http://HOST:PORT or https://HOST")
	case u.User != nil:
		return "", errors.New("credentials do not belong into it; give them as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
	}
	return value, nil
}

func refuseParameters(query url.Values) error {
	for _, name := range slices.Sorted(maps.Keys(query)) {
		return fmt.Errorf("storage URL: %w", unknownParameter(name))
	}
	return nil
}

func unknownParameter(name string) error { return fmt.Errorf("unknown parameter %q", name) }

// name is how people know the storage. It holds no secret.
func (l location) name() string {
	switch l.scheme {
	case "file":
		return l.dir
	case "s3":
		name := "s3://" + l.bucket + strings.TrimSuffix("/"+l.prefix, "/")
		if l.s3.endpoint != "" {
			name += " (" + l.s3.endpoint + ")"
		}
		return name
	}
	return l.scheme + "://"
}
