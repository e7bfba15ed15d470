package certificate

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"syscall"
	"time"
)

// Dial opens a connection.
type Dial func(ctx context.Context, network, address string) (net.Conn, error)

// State says what came of asking a server for its certificate.
type State int

// What comes of it.
const (
	// Unreachable: there is no connection, or no answer in time.
	Unreachable State = iota
	// Plain: something else than TLS is spoken there.
	Plain
	// Refused: the server ends the handshake without showing a certificate.
	Refused
	// Shown: the server shows one.
	Shown
)

// Answer is what a server shows.
type Answer struct {
	State State
	Chain Chain // where State is Shown
}

// askFor is how long one server may take.
const askFor = 3 * time.Second

// Ask makes a handshake and ends it. The certificate is looked at and not trusted: whether it is the right one, the caller decides. name is
// the host name that is asked for, "" for none.
func Ask(ctx context.Context, dial Dial, address, name string) Answer {
	ctx, cancel := context.WithTimeout(ctx, askFor)
	defer cancel()
	conn, err := dial(ctx, "tcp", address)
	if err != nil {
		return Answer{}
	}
	defer conn.Close()
	var answer Answer
	err = tls.Client(conn, &tls.Config{
		ServerName: name, InsecureSkipVerify: true, MinVersion: tls.VersionTLS10,
		// The handshake may still fail, where the server wants a certificate of the client's: then this one was shown already.
		VerifyConnection: func(state tls.ConnectionState) error {
			answer = Answer{State: Shown, Chain: state.PeerCertificates}
			return nil
		},
	}).HandshakeContext(ctx)
	if answer.State != Shown {
		answer.State = stateOf(err)
	}
	return answer
}

func stateOf(err error) State {
	if _, plain := errors.AsType[tls.RecordHeaderError](err); plain {
		return Plain
	}
	if _, alert := errors.AsType[tls.AlertError](err); alert {
		return Refused
	}
	if _, remote := errors.AsType[*net.OpError](err); remote && !isTimeout(err) {
		return Refused
	}
	return Unreachable
}

func isTimeout(err error) bool {
	timeout, ok := errors.AsType[net.Error](err)
	return ok && timeout.Timeout()
}

// FromHere dials from where opsbot runs. Whoever may make an Ingress or a Service decides what is dialled; link-local addresses, at which
// clouds keep the machine's own credentials, are not.
func FromHere(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := net.Dialer{Control: func(_, address string, _ syscall.RawConn) error {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return fmt.Errorf("dial %s: %w", address, err)
		}
		if ip := net.ParseIP(host); ip == nil || ip.IsLinkLocalUnicast() || ip.IsMulticast() || ip.IsUnspecified() {
			return fmt.Errorf("dial %s: not an address of a server", address)
		}
		return nil
	}}
	return dialer.DialContext(ctx, network, address)
}
