package configs

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
)

func (h HTTP) validate(ps *Problems) {
	checkListen(ps, "http.listen", h.Listen)
	if h.PublicListen != "" {
		checkListen(ps, "http.public_listen", h.PublicListen)
	}
	if _, port, _ := net.SplitHostPort(h.Listen); h.PublicListen == h.Listen && port != "0" {
		ps.Add("http.public_listen", "is http.listen", `give another port, such as ":8081", or "" to serve everything at http.listen`)
	}
	for i, proxy := range h.TrustedProxies {
		if _, err := parseNetwork(proxy); err != nil {
			ps.Add(fmt.Sprintf("http.trusted_proxies[%d]", i), fmt.Sprintf("%q is neither an address nor a network", proxy), "write 10.1.2.3 or 10.0.0.0/8")
		}
	}
}

func checkListen(ps *Problems, path, address string) {
	const fix = `write host:port, such as ":8080" or "127.0.0.1:8080"`
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		ps.Add(path, fmt.Sprintf("%q is not a valid address", address), fix)
		return
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		ps.Add(path, fmt.Sprintf("%q is not a valid port", port), fix)
	}
}

// Proxies are TrustedProxies as networks.
func (h HTTP) Proxies() []netip.Prefix {
	var networks []netip.Prefix
	for _, proxy := range h.TrustedProxies {
		if network, err := parseNetwork(proxy); err == nil { // Validate has reported the others
			networks = append(networks, network)
		}
	}
	return networks
}

func parseNetwork(text string) (netip.Prefix, error) {
	if address, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(address, address.BitLen()), nil
	}
	network, err := netip.ParsePrefix(text)
	return network.Masked(), err
}
