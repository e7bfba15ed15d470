package httpapi

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// fromSource puts the address that a request comes from in the place of the proxy's, where the proxy is one of those named: whatever
// others say in X-Forwarded-For is theirs to invent.
func fromSource(proxies []netip.Prefix, next http.Handler) http.Handler {
	isProxy := func(a netip.Addr) bool {
		return slices.ContainsFunc(proxies, func(p netip.Prefix) bool { return p.Contains(a) })
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		source, ok := addressOf(r.RemoteAddr)
		if !ok || !isProxy(source) {
			next.ServeHTTP(w, r)
			return
		}
		forwarded := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		for _, hop := range slices.Backward(forwarded) {
			before, ok := addressOf(strings.TrimSpace(hop))
			if !ok {
				break
			}
			if source = before; !isProxy(source) {
				break
			}
		}
		r = r.Clone(r.Context())
		r.RemoteAddr = net.JoinHostPort(source.String(), "0")
		next.ServeHTTP(w, r)
	})
}

// addressOf reads an address with or without a port.
func addressOf(text string) (netip.Addr, bool) {
	address, err := netip.ParseAddr(hostOf(text))
	return address.Unmap().WithZone(""), err == nil
}
