package network

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"opsbot/messages"
)

// outcome is how a try to connect ended.
type outcome string

const (
	connected  outcome = "connected"
	refused    outcome = "refused"
	timedOut   outcome = "timed out"
	unresolved outcome = "unresolved"
	failed     outcome = "failed"
	untried    outcome = "untried"
)

// outcome reads how it ended from the exit code and the words, in which the tools differ.
func (f *finding) outcome() outcome {
	switch {
	case f.tool == "":
		return untried
	case f.code == 0 || f.tool == "wget" && f.says("server returned", "error getting response", "connected."):
		return connected
	case f.tool == "curl" && f.says("connected in ") && !f.says("connected in 0.000000"):
		return connected // and then no HTTP was spoken
	case f.says("refused"):
		return refused
	case f.says("name or service not known", "could not resolve", "bad address", "temporary failure in name", "name does not resolve", "unable to resolve"):
		return unresolved
	case f.ranOut():
		return timedOut
	}
	return failed
}

// ranOut: 124 and 143 are how timeout ends, of GNU and of BusyBox.
func (f *finding) ranOut() bool {
	return f.says("timed out", "timeout") || f.code == 124 || f.code == 143 || f.took >= patience-100*time.Millisecond
}

// says reports whether the tool said one of these.
func (f *finding) says(signs ...string) bool {
	out := strings.ToLower(f.out)
	return slices.ContainsFunc(signs, func(sign string) bool { return strings.Contains(out, sign) })
}

// duration is how long it took, to the hundredth of a second: more is not to be had in every image.
func (f *finding) duration() messages.Text {
	if f.took < 10*time.Millisecond {
		return messages.New("k8sops.net_test.at_once")
	}
	return messages.Literal(messages.Duration(f.took))
}

// addresses are those that the name was resolved to.
func (f *finding) addresses() []string {
	lines := strings.Split(f.out, "\n")
	if f.tool == "nslookup" { // the server's own address comes first, before the name
		for i, line := range lines {
			if strings.HasPrefix(line, "Name:") {
				lines = lines[i:]
				break
			}
		}
	}
	var found []string
	for _, line := range lines {
		for _, word := range strings.Fields(line) {
			if _, err := netip.ParseAddr(word); err == nil {
				found = append(found, word)
			}
		}
	}
	return found
}

// dnsText says how the name was resolved.
func dnsText(f *finding) messages.Text {
	switch {
	case f == nil:
		return messages.New("k8sops.net_test.dns.address")
	case f.tool == "":
		return messages.New("k8sops.net_test.dns.no_tool")
	case f.code == 0 && len(f.addresses()) > 0:
		return messages.New("k8sops.net_test.dns.found", "addresses", messages.Code(strings.Join(f.addresses(), ", ")), "took", f.duration(), "tool", messages.Code(f.tool))
	case f.outcome() == timedOut:
		return messages.New("k8sops.net_test.dns.silent", "took", f.duration(), "tool", messages.Code(f.tool))
	}
	return messages.New("k8sops.net_test.dns.unknown", "took", f.duration(), "tool", messages.Code(f.tool))
}

// tcpText says how the try to connect ended.
func tcpText(f *finding) messages.Text {
	if f == nil {
		return messages.New("k8sops.net_test.tcp.no_tool")
	}
	switch tool := messages.Code(f.tool); f.outcome() {
	case connected:
		return messages.New("k8sops.net_test.tcp.connected", "took", f.duration(), "tool", tool)
	case refused:
		return messages.New("k8sops.net_test.tcp.refused", "took", f.duration(), "tool", tool)
	case timedOut:
		return messages.New("k8sops.net_test.tcp.silent", "took", f.duration(), "tool", tool)
	case unresolved:
		return messages.New("k8sops.net_test.tcp.unresolved", "tool", tool)
	case untried:
		return messages.New("k8sops.net_test.tcp.no_tool")
	}
	return messages.New("k8sops.net_test.tcp.failed", "tool", messages.Code(f.tool), "code", f.code, "said", messages.Code(messages.Clip(f.out, 200)))
}
