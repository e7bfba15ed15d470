package paging

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
)

// TLSMode is how a connection to a mail server is encrypted.
type TLSMode string

// The modes: upgraded after the greeting (required, never optional), encrypted from the start, or not at all.
const (
	StartTLS TLSMode = "starttls"
	TLS      TLSMode = "tls"
	NoTLS    TLSMode = "none"
)

// Email sends pages by SMTP. The Message-ID is derived from the page, so that a mailbox recognises a page that is sent twice
// because the outcome of the first attempt is not known.
type Email struct {
	// Server is host:port.
	Server string
	Mode   TLSMode
	// Username and Password; without a username opsbot does not log in.
	Username, Password string
	// From is the sender, as in "opsbot <opsbot@company.com>".
	From   string
	Writer Writer
	// TLS may name certificates to trust; nil trusts the system's.
	TLS *tls.Config
}

// Send implements Sender. The receipt is the Message-ID.
func (e *Email) Send(ctx context.Context, n Notice) (string, error) {
	m, id, err := e.message(n)
	if err != nil {
		return "", &Failure{Cause: err}
	}
	client, err := e.client(ctx)
	if err != nil {
		return "", &Failure{Cause: err}
	}
	err = client.DialAndSendWithContext(ctx, m)
	// Once the server has accepted the message, it does not matter how the connection ends.
	if err == nil || m.IsDelivered() {
		return id, nil
	}
	return "", &Failure{Cause: fmt.Errorf("mail to %s through %s: %w", n.Page.Address, e.Server, err), Temporary: isTemporary(err)}
}

// client gives each step of the conversation no more time than ctx has: once connected, go-mail does not look at it.
func (e *Email) client(ctx context.Context) (*mail.Client, error) {
	host, digits, err := net.SplitHostPort(e.Server)
	if err != nil {
		return nil, fmt.Errorf("mail server %q: %w", e.Server, err)
	}
	port, err := strconv.Atoi(digits)
	if err != nil {
		return nil, fmt.Errorf("mail server %q: %w", e.Server, err)
	}
	limit := sendLimit
	if deadline, ok := ctx.Deadline(); ok {
		limit = max(min(limit, time.Until(deadline)), time.Millisecond)
	}
	options := []mail.Option{mail.WithPort(port), mail.WithTimeout(limit)}
	switch e.Mode {
	case TLS:
		options = append(options, mail.WithSSL())
	case NoTLS:
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	default:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if e.TLS != nil {
		options = append(options, mail.WithTLSConfig(e.TLS))
	}
	if e.Username != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(e.Username), mail.WithPassword(e.Password))
	}
	return mail.NewClient(host, options...)
}

func (e *Email) message(n Notice) (m *mail.Msg, id string, err error) {
	m = mail.NewMsg()
	if err := m.From(e.From); err != nil {
		return nil, "", fmt.Errorf("sender %q: %w", e.From, err)
	}
	if err := m.AddToFormat(n.Contact.Name, n.Page.Address); err != nil {
		return nil, "", fmt.Errorf("recipient %q: %w", n.Page.Address, err)
	}
	id = e.messageID(n)
	m.SetMessageIDWithValue(id)
	m.SetDateWithValue(n.Page.IntendedAt)
	m.SetImportance(mail.ImportanceUrgent)
	// Prevents automatic replies (RFC 3834).
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.Subject(e.Writer.subject(n))
	m.SetBodyString(mail.TypeTextPlain, e.Writer.text(n))
	m.AddAlternativeString(mail.TypeTextHTML, e.Writer.html(n))
	return m, "<" + id + ">", nil
}

// messageID also depends on the time, so that incident 1 of a new database is not taken for that of the old one.
func (e *Email) messageID(n Notice) string {
	domain := "opsbot.invalid"
	if _, after, ok := strings.Cut(e.From, "@"); ok {
		domain = strings.TrimRight(after, "> ")
	}
	return fmt.Sprintf("opsbot.page.%s.%d@%s", strings.ReplaceAll(n.Page.ID, "/", "."), n.Page.IntendedAt.UnixNano(), domain)
}

// isTemporary: only a server's 5yz means that trying again is of no use (RFC 5321, 4.2.1).
func isTemporary(err error) bool {
	if sent, ok := errors.AsType[*mail.SendError](err); ok {
		return sent.IsTemp() || sent.ErrorCode() == 0
	}
	if answer, ok := errors.AsType[*textproto.Error](err); ok {
		return answer.Code < 500
	}
	return true
}

// Check connects and logs in, and sends nothing.
func (e *Email) Check(ctx context.Context) error {
	client, err := e.client(ctx)
	if err != nil {
		return err
	}
	if err := client.DialWithContext(ctx); err != nil {
		return fmt.Errorf("mail server %s: %w", e.Server, err)
	}
	return client.Close()
}
