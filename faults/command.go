package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"opsbot/testcluster"
)

// typed is a command that a person typed once.
type typed struct {
	at       time.Duration
	replicas int
	mention  bool
	// delivered: Slack told the person of no error. Of a mention it never does.
	delivered bool
}

// patch is a change of the number of replicas, as the API server recorded it.
type patch struct {
	call     string
	replicas int
}

// patchesOf are the changes that opsbot made to the workload since then.
func patchesOf(events []testcluster.AuditEvent, workload string, since time.Time) []patch {
	var patches []patch
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

func patchOf(e testcluster.AuditEvent) patch {
	var body struct {
		Spec struct {
			Replicas int `json:"replicas"`
		} `json:"spec"`
	}
	_ = json.Unmarshal(e.RequestObject, &body) // a body that cannot be read is no command's number, and is found by that
	p := patch{replicas: body.Spec.Replicas}
	if call := e.ImpersonatedUser.Extra["opsbot.io/call"]; len(call) > 0 {
		p.call = call[0]
	}
	return p
}
