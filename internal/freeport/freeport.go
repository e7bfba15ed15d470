// Package freeport finds a free port of loopback.
package freeport

import (
	"fmt"
	"net"
)

// Address is a port that nobody listens on, as host:port. Another process may take it before it is used.
func Address() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().String(), nil
}
