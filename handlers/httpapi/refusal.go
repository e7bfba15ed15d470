package httpapi

import (
	"net"

	"opsbot/escalation/webhook"
)

// Refusal is a delivery that was refused for good: its alerts come to nobody until somebody mends the cause.
type Refusal struct {
	Cause RefusalCause
	// Problem is what was answered. It may quote the delivery.
	Problem string
	// From is the address of the sender, as far as it is known: a proxy in between hides it.
	From string
}

// RefusalCause is why a delivery is refused.
type RefusalCause string

// The causes.
const (
	RefusedToken   RefusalCause = "token"   // missing or wrong
	RefusedSize    RefusalCause = "size"    // too large
	RefusedVersion RefusalCause = "version" // of a form that is not read
	RefusedContent RefusalCause = "content" // no notification, or one of which no alert can be read
)

// RefusalCauses are all causes.
func RefusalCauses() []RefusalCause {
	return []RefusalCause{RefusedToken, RefusedSize, RefusedVersion, RefusedContent}
}

func causeOf(malformed *webhook.MalformedError) RefusalCause {
	if malformed.IsVersion() {
		return RefusedVersion
	}
	return RefusedContent
}

func hostOf(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	return host
}
