package app

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/app/check"
	"opsbot/app/generate"
	"opsbot/configs"
	"opsbot/internal/apptest"
	"opsbot/slacksim"
	"opsbot/testcluster"
)

// twins are two control planes with the same Deployment, and an opsbot that looks after both; a third cluster is away.
type twins struct {
	*testing.T
	ctx        context.Context
	slack      *slacksim.Workspace
	app        *App
	east, west *testcluster.Cluster
}

// deployment is what each of the clusters has under that name.
func deployment(name string) string {
	return strings.ReplaceAll(`---
apiVersion: apps/v1
kind: Deployment
metadata: {name: NAME, labels: {app: NAME, tier: backend}}
spec:
  replicas: 2
  selector: {matchLabels: {app: NAME}}
  template:
    metadata: {labels: {app: NAME, tier: backend}}
    spec: {containers: [{name: NAME, image: 'NAME:1.0'}]}
`, "NAME", name)
}

// protected is the Deployment whose every change needs a second person.
const protected = "payment-service"

func startTwins(t *testing.T) *twins {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	w := &twins{T: t, ctx: ctx, slack: apptest.Workspace(t)}
	c := apptest.Config(t, w.slack)
	away := c.Kubernetes
	away.Name = "away"
	dir := t.TempDir()
	c.Kubernetes = configs.Default().Kubernetes
	for _, name := range []string{"east", "west"} {
		k := c.Kubernetes
		k.Name, k.Kubeconfig, k.Observe = name, filepath.Join(dir, name), time.Second
		c.Clusters = append(c.Clusters, k)
	}
	c.Clusters = append(c.Clusters, away)
	c.Approval.Protected = []string{protected}
	var group errgroup.Group
	for i, cluster := range []**testcluster.Cluster{&w.east, &w.west} {
		group.Go(func() (err error) {
			*cluster, err = startTwin(ctx, c, c.Clusters[i])
			return err
		})
	}
	err := group.Wait()
	t.Cleanup(func() {
		for _, cluster := range []*testcluster.Cluster{w.east, w.west} {
			if cluster != nil {
				require.NoError(t, cluster.Close())
			}
		}
	})
	require.NoError(t, err)
	w.app = startApp(t, c)
	t.Cleanup(func() { require.NoError(t, w.app.Stop(context.WithoutCancel(ctx))) })
	require.NoError(t, w.slack.WaitConnected(ctx, 1))
	return w
}

// startTwin starts a control plane and gives opsbot the rights there that opsbot rbac prints.
func startTwin(ctx context.Context, c configs.Config, k configs.Kubernetes) (*testcluster.Cluster, error) {
	cluster, err := testcluster.Start(ctx, testcluster.Options{ReadyDelay: 100 * time.Millisecond})
	if err != nil {
		return nil, err
	}
	one, err := c.ForCluster(k.Name)
	if err != nil {
		return cluster, err
	}
	rights, err := generate.RBACYAML(one)
	if err != nil {
		return cluster, err
	}
	for _, namespace := range []string{k.Namespace, generate.BotNamespace} {
		if err := cluster.CreateNamespace(ctx, namespace); err != nil {
			return cluster, err
		}
	}
	for namespace, manifest := range map[string]string{generate.BotNamespace: string(rights), k.Namespace: deployment("user-service") + deployment(protected)} {
		if err := cluster.Apply(ctx, []byte(manifest), namespace); err != nil {
			return cluster, err
		}
	}
	account, err := cluster.ServiceAccountConfig(ctx, generate.BotNamespace, generate.BotAccount)
	if err != nil {
		return cluster, err
	}
	return cluster, cluster.WriteKubeconfig(k.Kubeconfig, account, k.Namespace)
}

// requireReplicas holds what user-service has on each cluster.
func (w *twins) requireReplicas(east, west int32) {
	w.Helper()
	w.requireReplicasOf("user-service", east, west)
}

func (w *twins) requireReplicasOf(name string, east, west int32) {
	w.Helper()
	for cluster, want := range map[*testcluster.Cluster]int32{w.east: east, w.west: west} {
		d, err := cluster.Client().AppsV1().Deployments(configs.Default().Kubernetes.Namespace).Get(w.ctx, name, metav1.GetOptions{})
		require.NoError(w, err)
		require.Equal(w, want, *d.Spec.Replicas, "east: %v", cluster == w.east)
	}
}

func (w *twins) see(match ...slacksim.Match) slacksim.Message {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, 30*time.Second)
	defer cancel()
	m, err := w.slack.WaitMessage(ctx, match...)
	require.NoError(w, err)
	return m
}

func (w *twins) types(line string) {
	w.Helper()
	require.NoError(w, w.slack.User("development").Command(incidents, line))
}

func (w *twins) mentions(thread slacksim.Message, line string) {
	w.Helper()
	_, err := w.slack.User("development").Mention(incidents, thread.TS, line)
	require.NoError(w, err)
}

func (w *twins) clicks(who string, m slacksim.Message, which string) {
	w.Helper()
	require.NoError(w, w.slack.User(who).Click(m, which))
}

// alert posts an alert of each of the clusters as one group, and returns the incident's first message.
func (w *twins) alert(group string, clusters ...string) slacksim.Message {
	w.Helper()
	var alerts []string
	for _, cluster := range clusters {
		alerts = append(alerts, fmt.Sprintf(`{"status":"firing","labels":{"alertname":%[1]q,"service":"user-service","severity":"warning","cluster":%[2]q},`+
			`"annotations":{},"startsAt":"2026-01-02T03:04:05Z","endsAt":"0001-01-01T00:00:00Z","fingerprint":"%016[3]x"}`, group, cluster, fnv1a(group+cluster)))
	}
	body := fmt.Sprintf(`{"version":"4","groupKey":"{}:{alertname=\"%s\"}","status":"firing","receiver":"opsbot","alerts":[%s]}`, group, strings.Join(alerts, ","))
	status, err := postWebhook(w.ctx, w.app.Address(), body)
	require.NoError(w, err)
	require.Equal(w, http.StatusOK, status)
	return w.see(slacksim.In(incidents), slacksim.Root(), slacksim.Containing(group))
}

func withButton(label string) slacksim.Match {
	return slacksim.Where(func(m slacksim.Message) bool {
		for _, b := range m.Buttons() {
			if b.Label == label || b.Value == label {
				return true
			}
		}
		return false
	})
}

// Two clusters have a Deployment of the same name. Whatever is done on one leaves the other alone.
func TestTwoClusters(t *testing.T) {
	if testing.Short() {
		t.Skip("starts two control planes")
	}
	w := startTwins(t)
	w.requireReplicas(2, 2)

	w.types("/scale user 3 --cluster west")
	scaled := w.see(slacksim.In(incidents), slacksim.Containing("scale user 3 --cluster west"), withButton("Undo: /scale user-service 2 --cluster west"))
	w.requireReplicas(2, 3)
	w.types("/scale user 4") // the first one is meant
	w.see(slacksim.In(incidents), withButton("Undo: /scale user-service 2 --cluster east"))
	w.requireReplicas(4, 3)
	w.clicks("development", scaled, "Undo: /scale user-service 2 --cluster west")
	w.see(slacksim.In(incidents), slacksim.Containing("This took back"), slacksim.Containing("/scale user 3 --cluster west"))
	w.requireReplicas(4, 2)

	w.inThreads()
	w.decisions()
	w.form()
	w.schedule()
	w.badInput()
	w.checks()
}

// inThreads: the alerts of an incident say which cluster its thread is about.
func (w *twins) inThreads() {
	w.Helper()
	header := w.alert("UserSlow", "west")
	w.see(slacksim.In(incidents), slacksim.Root(), withButton("status user-service --cluster west"))
	w.mentions(header, "scale user 5")
	w.see(slacksim.InThread(header.TS), withButton("Undo: /scale user-service 2 --cluster west"))
	w.requireReplicas(4, 5)
	w.mentions(header, "scale user 6 --cluster east")
	other := w.see(slacksim.InThread(header.TS), withButton("Undo: /scale user-service 4 --cluster east"))
	w.requireReplicas(6, 5)
	w.clicks("development", other, "Undo: /scale user-service 4 --cluster east") // not on the thread's cluster
	w.see(slacksim.InThread(header.TS), slacksim.Containing("This took back"), slacksim.Containing("/scale user 6 --cluster east"))
	w.requireReplicas(4, 5)
	w.clicks("development", header, "/status user-service --cluster west")
	w.see(slacksim.InThread(header.TS), slacksim.Containing("/status user-service --cluster west"), slacksim.Containing("5/5"))

	unknown := w.alert("UserGone", "mars")
	w.mentions(unknown, "status user")
	w.see(slacksim.InThread(unknown.TS), slacksim.Containing("/status user --cluster east"))

	both := w.alert("UserTorn", "west", "east")
	w.mentions(both, "status user")
	question := w.see(slacksim.InThread(both.TS), slacksim.EphemeralTo("development"), withButton("status user --cluster east"))
	w.clicks("development", question, "status user --cluster west")
	w.see(slacksim.InThread(both.TS), slacksim.Containing("/status user --cluster west"), slacksim.FromBot(), slacksim.Containing("5/5"))
	w.timelines(header)
}

// timelines: what happened on a cluster is on the timelines of its incidents alone.
func (w *twins) timelines(header slacksim.Message) {
	w.Helper()
	inc, ok, err := w.app.dispatcher.Incidents.ByThread(w.ctx, header.Channel, header.TS)
	require.NoError(w, err)
	require.True(w, ok)
	require.Eventually(w, func() bool {
		entries, err := w.app.store.Entries(w.ctx, inc.Number)
		require.NoError(w, err)
		seen := false
		for _, e := range entries {
			require.False(w, strings.HasPrefix(e.Source, "east "), "%v", e)
			seen = seen || strings.HasPrefix(e.Source, "west ")
		}
		return seen
	}, 30*time.Second, 100*time.Millisecond)
}

// decisions: the same call waits for a second person on both clusters. Each is decided alone.
func (w *twins) decisions() {
	w.Helper()
	w.types("/scale payment 3 --cluster east")
	east := w.see(slacksim.In(incidents), slacksim.Containing("/scale payment 3 --cluster east"), withButton("Approve"))
	w.types("/scale payment 3 --cluster west")
	west := w.see(slacksim.In(incidents), slacksim.Containing("/scale payment 3 --cluster west"), withButton("Approve"))
	w.requireReplicasOf(protected, 2, 2)
	w.clicks("system", west, "Approve")
	w.see(slacksim.In(incidents), withButton("Undo: /scale payment-service 2 --cluster west"))
	w.requireReplicasOf(protected, 2, 3)
	w.clicks("system", east, "Cancel")
	w.see(slacksim.In(incidents), slacksim.Where(func(m slacksim.Message) bool { return m.TS == east.TS && !hasButton(m, "approve") }))
	w.requireReplicasOf(protected, 2, 3)
}

// form: it asks for the cluster too, and is about the one that was chosen in it.
func (w *twins) form() {
	w.Helper()
	w.types("/scale user")
	person := w.slack.User("development")
	view, err := person.WaitModal(w.ctx, "east")
	require.NoError(w, err)
	require.NoError(w, person.SelectView(view, "cluster/menu", "west"))
	require.Eventually(w, func() bool { // it is listed anew
		now, open := person.Modal()
		changed := open && now.Hash != view.Hash
		view = now
		return changed
	}, 10*time.Second, 20*time.Millisecond)
	require.NoError(w, person.Submit(view, map[string]string{"replicas": "6"}))
	w.see(slacksim.In(incidents), withButton("Undo: /scale user-service 5 --cluster west"), slacksim.Containing("/scale user-service 6 --cluster west"))
	w.requireReplicas(4, 6)
}

// schedule: what was planned for a cluster is done there, and put back there.
func (w *twins) schedule() {
	w.Helper()
	w.types(`/scale plan user 3 --at "in 2s" --for 5m --cluster west`)
	w.see(slacksim.In(incidents), slacksim.Containing("/scale user-service 3 --cluster west"), withButton("/scale plans --cluster west"))
	w.see(slacksim.In(incidents), withButton("Undo: /scale user-service 6 --cluster west"))
	w.requireReplicas(4, 3)
	w.types("/scale plans --cluster east")
	w.see(slacksim.In(incidents), slacksim.Containing("/scale plans --cluster east"))
}

func (w *twins) badInput() {
	w.Helper()
	for line, says := range map[string]string{
		"/status user --cluster wset":   "/status user --cluster west", // what was meant, as a button
		"/status user --cluster mars":   "east, west, away",
		"/incident list --cluster west": "--cluster",
	} {
		w.types(line)
		w.see(slacksim.EphemeralTo("development"), slacksim.Containing(says))
	}
	w.types("/status user --cluster away")
	w.see(slacksim.EphemeralTo("development"), slacksim.Containing("/status user --cluster away"), slacksim.Containing("127.0.0.1:1"))
	w.requireReplicas(4, 3)
}

// checks: opsbot check looks at each cluster, and the one that is away costs one line.
func (w *twins) checks() {
	w.Helper()
	var out strings.Builder
	require.Error(w, check.Run(w.ctx, &out, w.app.config))
	for _, name := range []string{"east", "west"} {
		require.Contains(w, out.String(), "ok    Kubernetes: opsbot can act as dev@company.com on cluster "+name+"\n")
		require.Contains(w, out.String(), "ok    Kubernetes: opsbot can act as opsbot:observer on cluster "+name+"\n")
	}
	require.Equal(w, 1, strings.Count(out.String(), "away"), out.String())
	require.Contains(w, out.String(), "FAIL  Kubernetes: cluster away cannot be reached: ")
}
