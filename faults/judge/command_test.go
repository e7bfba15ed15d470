package judge

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/testcluster"
)

func TestPatchesAreThoseThatChangedTheWorkload(t *testing.T) {
	began := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	event := func(change func(*testcluster.AuditEvent)) testcluster.AuditEvent {
		e := testcluster.AuditEvent{
			Verb: "patch", RequestURI: "/apis/apps/v1/namespaces/n/deployments/target-1/scale?fieldManager=opsbot", RequestReceived: began,
			ImpersonatedUser: &testcluster.AuditUser{Extra: map[string][]string{"opsbot.io/call": {"c1"}}},
			ObjectRef:        &testcluster.AuditObject{Resource: "deployments", Subresource: "scale", Name: "target-1"},
			ResponseStatus:   testcluster.AuditStatus{Code: http.StatusOK}, RequestObject: json.RawMessage(`{"spec":{"replicas":4}}`),
		}
		change(&e)
		return e
	}
	events := []testcluster.AuditEvent{
		event(func(*testcluster.AuditEvent) {}),
		event(func(e *testcluster.AuditEvent) { e.RequestURI += "&dryRun=All" }),
		event(func(e *testcluster.AuditEvent) { e.ObjectRef.Name = "target-2" }),
		event(func(e *testcluster.AuditEvent) { e.ObjectRef = nil }),
		event(func(e *testcluster.AuditEvent) { e.RequestReceived = began.Add(-time.Second) }),
		event(func(e *testcluster.AuditEvent) { e.ResponseStatus.Code = http.StatusConflict }),
		event(func(e *testcluster.AuditEvent) { e.ImpersonatedUser = nil }),
		event(func(e *testcluster.AuditEvent) { e.Verb = "get" }),
	}
	require.Equal(t, []Patch{{call: "c1", replicas: 4}}, PatchesOf(events, "target-1", began))
}
