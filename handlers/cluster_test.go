package handlers_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	authorizationv1 "k8s.io/api/authorization/v1"

	"opsbot/escalation/incident"
	"opsbot/handlers"
	"opsbot/handlers/calls"
	"opsbot/k8sops"
	"opsbot/messages"
	"opsbot/runs"
)

// hasClusters makes the fixture's opsbot one that looks after these clusters.
func (w *fixture) hasClusters(clusters ...*k8sops.Cluster) {
	w.Clusters = clusters
	w.Catalog = w.catalog(incidents{w.service, w.store})
	for i := range w.Catalog {
		if len(w.Catalog[i].Access) > 0 {
			k8sops.AddClusterArg(w.Catalog[i:i+1], w.Clusters.Names())
		}
	}
}

func (s *apiServer) named(name string) *k8sops.Cluster {
	cluster := s.cluster()
	cluster.Name = name
	return cluster
}

func TestACallGoesToTheClusterThatItNames(t *testing.T) {
	w, other := newFixture(t), newAPIServer(t)
	w.hasClusters(w.api.cluster(), other.named("other"))
	other.grant("zhaoliu", nothing)

	w.types(Lead, "/turn 5 --cluster other")
	require.Contains(t, plain(w.outbox.last().Card), "you may not patch levers.test", "the rights are those on that cluster")
	require.Equal(t, "other", w.call(w.outbox.last()).Cluster)
	m := w.did(Lead, "/turn 5")
	require.Equal(t, []string{"demo", "turn 5 --cluster demo"}, []string{w.call(m).Cluster, w.call(m).Command})
	w.types(Admin, "/look --cluster other")
	require.Equal(t, "turn 4 --cluster other", button(t, w.outbox.last(), "/turn 4 --cluster other").Value)
	events := w.audit()
	require.Equal(t, "other", events[len(events)-1].Cluster)
}

// Whoever approves must be allowed to on the cluster of the call.
func TestASecondPersonIsOneOfTheCallsCluster(t *testing.T) {
	w, other := newFixture(t), newAPIServer(t)
	w.hasClusters(w.api.cluster(), other.named("other"))
	other.grant("zhaoliu", nothing)
	m := w.plan(Admin, "/wipe 9 --cluster other")
	w.press(Lead, button(t, m, "Approve"))
	require.Contains(t, plain(w.outbox.last().Card), "you may not patch levers.test")
	require.Equal(t, 3, w.level())
	other.grant("zhaoliu", func(authorizationv1.ResourceAttributes) bool { return true })
	w.press(Lead, button(t, m, "Approve"))
	require.Equal(t, 9, w.level())
}

// What was done before opsbot had several clusters, or before another one was the default, is undone where it was done.
func TestUndoStaysOnItsCluster(t *testing.T) {
	w, other := newFixture(t), newAPIServer(t)
	m := w.did(Admin, "/turn 5")
	w.hasClusters(other.named("other"), w.api.cluster())
	w.press(Admin, button(t, w.outbox.now(m), "Undo: /turn 3"))
	done := w.call(w.outbox.last())
	require.Equal(t, []string{"demo", "turn 3 --cluster demo"}, []string{done.Cluster, done.Command})
	require.Equal(t, 3, w.level())
	require.Empty(t, other.impersonated("zhangsan"))
}

func TestACallWhoseClusterIsGoneIsNotDoneElsewhere(t *testing.T) {
	w, other := newFixture(t), newAPIServer(t)
	w.hasClusters(w.api.cluster(), other.named("other"))
	m := w.did(Admin, "/turn 5 --cluster other")
	question := w.plan(Admin, "/shake 7 --cluster other")
	planned := w.planned("turn 8", func(s *runs.Schedule) { s.Cluster = "other" })

	w.hasClusters(w.api.cluster())
	w.press(Admin, button(t, w.outbox.now(m), "Undo: /turn 3 --cluster other"))
	require.Contains(t, plain(w.outbox.last().Card), "cluster cannot be other")
	w.press(Admin, button(t, question, "Do it"))
	require.Contains(t, plain(w.outbox.last().Card), "Cluster other is not configured")
	w.passes(time.Hour)
	require.Contains(t, plain(w.outbox.last().Card), "other")
	require.Equal(t, runs.Failed, w.schedule(planned.Number).State)
	require.Equal(t, 5, w.level())
}

func TestAScheduledCallRunsOnItsCluster(t *testing.T) {
	w, other := newFixture(t), newAPIServer(t)
	planned := w.planned("turn 8") // by an opsbot that had one cluster
	w.hasClusters(other.named("other"), w.api.cluster())
	w.passes(time.Hour)
	call, err := w.store.Call(t.Context(), planned.CallID())
	require.NoError(t, err)
	require.Equal(t, []string{"demo", "turn 8 --cluster demo"}, []string{call.Cluster, call.Command})
	require.Equal(t, 8, w.level())
}

func TestAClusterThatThereIsNoWayTo(t *testing.T) {
	w := newFixture(t)
	w.hasClusters(w.api.cluster(), &k8sops.Cluster{Name: "lost", Namespace: namespace, Problem: errors.New("no such file")})
	w.types(Admin, "/look --cluster lost")
	require.Contains(t, plain(w.outbox.last().Card), "opsbot cannot connect to cluster lost")
	w.types(Admin, "/look")
	require.Contains(t, plain(w.outbox.last().Card), "The lever is at 3")
}

// A form is about a cluster from the beginning, and shows what there is on it.
func TestAFormIsAboutACluster(t *testing.T) {
	w, other := newFixture(t), newAPIServer(t)
	other.fails(true)
	w.hasClusters(w.api.cluster(), other.named("other"), &k8sops.Cluster{Name: "lost", Namespace: namespace})
	w.types(Admin, "/scale user")
	require.Len(t, w.forms.opened, 1)
	form := w.forms.opened[0]
	require.Equal(t, k8sops.Args{"service": "user-service", "cluster": "demo"}, form.Known)
	require.Equal(t, k8sops.Choices("user-service"), form.Choices["service"])

	choose := messages.Action{Name: calls.ActionForm, Value: "scale --cluster other"}
	w.press(Admin, choose)
	require.Equal(t, k8sops.Args{"cluster": "other"}, w.forms.opened[1].Known)
	require.Empty(t, w.forms.opened[1].Choices, "it cannot be reached")
	choose.Value = "scale --cluster lost"
	w.press(Admin, choose)
	require.Empty(t, w.forms.opened[2].Choices)

	other.fails(false)
	w.Submit(t.Context(), handlers.Submission{ID: "s", CallbackID: handlers.CallbackRun, Metadata: form.Metadata, User: Admin, At: w.Now(),
		Values: map[string]string{"service": "user-service", "replicas": "5", "cluster": "other"}})
	w.settle()
	require.EqualValues(t, []int32{3, 5}, []int32{w.api.replicas, other.replicas})
}

// brokenThreads cannot find an incident by its thread.
type brokenThreads struct{ incidents }

func (brokenThreads) ByThread(context.Context, string, string) (incident.Incident, bool, error) {
	return incident.Incident{}, false, errors.New("database is locked")
}

// In a thread that cannot be looked up nobody knows which cluster is meant: none is guessed.
func TestNoClusterIsGuessed(t *testing.T) {
	w, other := newFixture(t), newAPIServer(t)
	w.hasClusters(w.api.cluster(), other.named("other"))
	_, thread := w.fires("g")
	w.Incidents = brokenThreads{incidents{w.service, w.store}}
	mention := handlers.Mention{ID: "E1", Text: "turn 5", User: Admin, Channel: room, TS: "9.9", ThreadTS: thread, At: w.Now()}
	w.Mention(t.Context(), mention)
	w.settle()
	require.Equal(t, 3, w.level())
	w.requirePrivate(w.outbox.last(), Admin)
	mention.ID, mention.Text = "E2", "turn 5 --cluster other"
	w.Mention(t.Context(), mention)
	w.settle()
	require.Equal(t, 5, w.level())
}
