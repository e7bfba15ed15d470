package host

import (
	"fmt"
	"net"
)

// FreePorts returns n different loopback ports that were free a moment ago. The caller retries if it loses one.
func FreePorts(n int) ([]int, error) {
	ports := make([]int, n)
	for i := range ports {
		// All listeners stay open until the last port is chosen, so that no port is handed out twice.
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("find a free port: %w", err)
		}
		defer l.Close()
		ports[i] = l.Addr().(*net.TCPAddr).Port
	}
	return ports, nil
}

// Loopback is the address of a port on this machine.
func Loopback(port int) string { return fmt.Sprintf("127.0.0.1:%d", port) }
