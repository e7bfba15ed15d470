package judge

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"opsbot/testcluster"
)

// Command is a command that a person typed once.
type Command struct {
	At       time.Duration
	Replicas int
	Mention  bool
	// Delivered: Slack told the person of no error. Of a mention it never does.
	Delivered bool
}

// Patch is a change of the number of replicas, as the API server recorded it.
type Patch struct {
	call     string
	replicas int
}

// PatchesOf are the changes that opsbot made to the workload since then.
func PatchesOf(events []testcluster.AuditEvent, workload string, since time.Time) []Patch {
	var patches []Patch
	for _, e := range events {
		switch o := e.ObjectRef; {
		case o == nil, e.ImpersonatedUser == nil, e.RequestReceived.Before(since), e.ResponseStatus.Code != http.StatusOK:
		case e.Verb != "patch", o.Subresource != "scale", o.Name != workload, strings.Contains(e.RequestURI, "dryRun="):
		default:
			patches = append(patches, patchOf(e))
		}
	}
	return patches
}

func patchOf(e testcluster.AuditEvent) Patch {
	var body struct {
		Spec struct {
			Replicas int `json:"replicas"`
		} `json:"spec"`
	}
	_ = json.Unmarshal(e.RequestObject, &body) // a body that cannot be read is no command's number, and is found by that
	p := Patch{replicas: body.Spec.Replicas}
	if call := e.ImpersonatedUser.Extra["opsbot.io/call"]; len(call) > 0 {
		p.call = call[0]
	}
	return p
}
