package lab

import (
	"errors"
	"math/rand/v2"
	"net"
	"strconv"
)

// FreeAddress is an address on loopback that stays free while a killed program is not there: it is below the ports that
// the kernel gives to outgoing connections.
func FreeAddress() (string, error) {
	const first, last = 10_000, 32_000
	for range 100 {
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(first+rand.IntN(last-first))) //nolint:gosec // any port will do
		l, err := net.Listen("tcp", address)
		if err == nil {
			return address, l.Close()
		}
	}
	return "", errors.New("find a free port: none of a hundred is")
}
