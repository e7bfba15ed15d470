package testcluster

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

const auditPolicyFile = "audit-policy.yaml"

// AuditEvent is what the API server recorded of one finished request. Requests of the control plane's own components
// and of this package's simulation are left out.
type AuditEvent struct {
	AuditID          string            `json:"auditID"`
	Verb             string            `json:"verb"`
	RequestURI       string            `json:"requestURI"`
	User             AuditUser         `json:"user"`
	ImpersonatedUser *AuditUser        `json:"impersonatedUser"`
	ObjectRef        *AuditObject      `json:"objectRef"`
	ResponseStatus   AuditStatus       `json:"responseStatus"`
	RequestReceived  time.Time         `json:"requestReceivedTimestamp"`
	RequestObject    json.RawMessage   `json:"requestObject"`
	Annotations      map[string]string `json:"annotations"`
}

// AuditUser is an identity as the API server saw it.
type AuditUser struct {
	Username string              `json:"username"`
	Groups   []string            `json:"groups"`
	Extra    map[string][]string `json:"extra"`
}

// AuditObject is what a request was about.
type AuditObject struct {
	Resource    string `json:"resource"`
	Subresource string `json:"subresource"`
	Namespace   string `json:"namespace"`
	Name        string `json:"name"`
	APIGroup    string `json:"apiGroup"`
}

// AuditStatus is how the request ended; Code is the HTTP status.
type AuditStatus struct {
	Code    int    `json:"code"`
	Reason  string `json:"reason"`
	Message string `json:"message"`
}

// AuditLog returns the path of the API server's audit log, JSON lines. A request's line is written before its answer.
func (c *Cluster) AuditLog() string { return filepath.Join(c.dir, "audit.log") }

// AuditEvents returns everything in the audit log so far, oldest first.
func (c *Cluster) AuditEvents() ([]AuditEvent, error) {
	f, err := os.Open(c.AuditLog())
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read audit log: %w", err)
	}
	defer f.Close()
	return parseAuditLog(f)
}

func parseAuditLog(r io.Reader) ([]AuditEvent, error) {
	var events []AuditEvent
	reader := bufio.NewReader(r)
	for {
		line, err := reader.ReadBytes('\n')
		// A line without its end is still being written.
		if errors.Is(err, io.EOF) {
			return events, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read audit log: %w", err)
		}
		var event AuditEvent
		if err := json.Unmarshal(line, &event); err != nil {
			return nil, fmt.Errorf("parse audit event %d: %w", len(events)+1, err)
		}
		events = append(events, event)
	}
}
