package settings

import (
	"regexp"
	"strings"
)

// serviceLink matches the variables that Kubernetes puts into every pod for each Service of the namespace: a Service
// named opsbot gives OPSBOT_SERVICE_HOST, OPSBOT_PORT_8080_TCP and more, which are no keys of ours.
var serviceLink = regexp.MustCompile(`_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT(_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$`)

// foreign tells whether an OPSBOT_ variable is meant for somebody else: Kubernetes, or the test tooling.
func foreign(name string) bool {
	return serviceLink.MatchString(name) || strings.HasPrefix(name, "OPSBOT_TESTCLUSTER_") ||
		strings.HasPrefix(name, "OPSBOT_TEST_")
}
