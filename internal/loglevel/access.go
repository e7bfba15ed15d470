package loglevel

import (
	"regexp"
	"strings"
)

// Lines about a request: the common log format and what resembles it, gin, HAProxy, Rails.
var (
	commonAccess = regexp.MustCompile(`HTTP/\d(?:\.\d)?"(?: from \S+ -)? (\d{3})\b`)
	bareAccess   = regexp.MustCompile(`(?:^|[\s"\]|])(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) "?(?:/|https?://)[^\s"]*"?(?: HTTP/\d(?:\.\d)?)?"?(?: from \S+)?[ \t|,:-]+(?:status[=: ]*)?(\d{3})\b`)
	ginAccess    = regexp.MustCompile(`\| +(\d{3}) +\|`)
	haproxy      = regexp.MustCompile(` -?\d+/-?\d+/-?\d+/-?\d+/\+?\d+ (\d{3}) `)
	rails        = regexp.MustCompile(`\bCompleted (\d{3}) `)
	aRequest     = regexp.MustCompile(`(?:^|[\s"\]|])(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) "?(?:/|https?://)`)
)

// serverFault: a 5xx is trouble whatever the level; servers log it as "info".
func serverFault(line string) (Level, bool) {
	status := accessStatus(line)
	return Error, strings.HasPrefix(status, "5")
}

// isAccess tells lines about a request whose status says that it went well, or that say no status.
func isAccess(line string) bool { return accessStatus(line) != "" || aRequest.MatchString(line) }

func accessStatus(line string) string {
	switch {
	case strings.Contains(line, "HTTP/"):
		return firstStatus(line, commonAccess, bareAccess, haproxy)
	case strings.HasPrefix(line, "[GIN"):
		return firstStatus(line, ginAccess)
	case strings.Contains(line, " /") || strings.Contains(line, "://"):
		return firstStatus(line, bareAccess)
	case strings.Contains(line, "Completed "):
		return firstStatus(line, rails)
	}
	return ""
}

func firstStatus(line string, formats ...*regexp.Regexp) string {
	for _, format := range formats {
		if m := format.FindStringSubmatch(line); m != nil {
			return m[1]
		}
	}
	return ""
}
