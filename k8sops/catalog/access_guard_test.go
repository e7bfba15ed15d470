package catalog

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/rollout"
	"opsbot/k8sops/runbooks"
	"opsbot/runs"

	"github.com/stretchr/testify/require"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clienttesting "k8s.io/client-go/testing"
)

// guardedLines is a call of every operation, through all its branches that ask for something.
func guardedLines() []string {
	return []string{
		"health", "health user", "status", "status user", "events", "events user --warnings", "logs user", "logs all --errors",
		"rollout history user", "rollout status user", "rollout restart user", "rollout pause user", "rollout resume user", "rollback user", "deploy user :1.2", "scale user 5", "scale all 4",
		"resources user", "logs clean", "logs clean postgres --older 14d", "backup files postgres /var/uploads", "resources user --cpu 200m/500m --memory 256Mi/512Mi",
		"hpa", "hpa user", "hpa user --min 3 --max 12", "hpa user off", `scale plan user 6 --at "tomorrow 9:00"`, `scale plan postgres 2 --at "tomorrow 9:00"`,
		"scale plans", "scale plan cancel 1", "scale advice", "scale advice user", "capacity --days 90", "backup db", "backup config", "backups", "backup verify", "restore db 20260302-093000-c0ffee", "restore config 20260302-093000-c0ffee", "ops help", "ops help scale", "ops whoami",
		"top pods", "top nodes", "run load-test", "run load-test smoke", "watch pods --for 1s", "watch hpa --for 1s",
		"bluegreen stock", "bluegreen prepare cart :1.2", "bluegreen switch mail", "bluegreen back stock", "bluegreen finish stock", "bluegreen abort stock",
		"secret rotate app-db password", "db connections", "db slow", "db explain \"SELECT 1\"", "db set work_mem=8MB", "db set max_connections=200", "redis memory", "redis stats",
		"storage", "security", "security user", `security except image-1 --reason "known" --until "tomorrow 9:00"`, "certs", "certs renew shop-tls", "certs restore shop-tls",
		"netpol", "netpol postgres", "netpol suspend all", "netpol resume", "netpol resume --overwrite", "net test user postgres:5432",
		"access", "access user", "access readonly auditor", "access revoke auditor", "db restart",
		"emergency", "emergency network", "emergency database", "emergency outage", "emergency skip 1 1 not needed", "emergency stop 1", "rebuild", "rebuild delete",
	}
}

// rebuilding is a rebuild that has come to its deletion.
func rebuilding(t *testing.T, d Config) {
	t.Helper()
	_, err := d.Runbooks.AddRun(t.Context(), runbooks.Run{
		Plan: "c0ffee42-rebuild", Runbook: "rebuild", Cluster: "demo", Namespace: optest.TestNamespace, BegunAt: optest.TestNow(),
		Steps: []runbooks.Step{{Name: "backup", State: runbooks.Done}, {Name: "proof", State: runbooks.Done}, {Name: "delete", State: runbooks.Running}},
	})
	require.NoError(t, err)
}

// networkObjects are a policy, a service, and an account that may only read.
func networkObjects() []runtime.Object {
	policy := &networkingv1.NetworkPolicy{ObjectMeta: metav1.ObjectMeta{Name: "from-user", Namespace: optest.TestNamespace, UID: "policy", ResourceVersion: "4"}}
	policy.Spec.PodSelector.MatchLabels = map[string]string{"app": "postgres"}
	service := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: "postgres", Namespace: optest.TestNamespace}}
	service.Spec.Selector, service.Spec.Ports = map[string]string{"app": "postgres"}, []corev1.ServicePort{{Port: 5432}}
	ours := metav1.ObjectMeta{Name: "readonly-auditor", Namespace: optest.TestNamespace, Labels: map[string]string{"opsbot.io/made-for": "read-only"}}
	return []runtime.Object{policy, service, optest.ReadyPod("user-service"), &corev1.ServiceAccount{ObjectMeta: ours}}
}

// suspended has two policies to put back: one that is gone, and one whose name another policy has.
func suspended(t *testing.T, d Config, plan string) {
	t.Helper()
	_, err := d.Schedules.AddSchedule(t.Context(), runs.Schedule{
		Plan: plan, Operation: "netpol resume", Cluster: "demo", Namespace: optest.TestNamespace, State: runs.Active, Due: optest.TestNow(),
		Saved: json.RawMessage(`[{"metadata":{"name":"gone"},"spec":{"podSelector":{}}},{"metadata":{"name":"from-user"},"spec":{"podSelector":{}}}]`),
	})
	require.NoError(t, err)
}

// Nothing that an operation does asks for more than the access it declares: that is what preflight checks and what the
// generated roles give.
func TestOperationsTouchNoMoreThanTheyDeclare(t *testing.T) {
	deps := testDeps(t)
	ops := testCatalog(t, deps)
	covered := map[string]bool{}
	for _, line := range guardedLines() {
		t.Run(line, func(t *testing.T) {
			suspended(t, deps, line)
			if line == "rebuild delete" {
				rebuilding(t, deps)
			}
			call, client := optest.NewTypedCall(t, ops, line, typedFor(t, line), append(slices.Concat(optest.Updated(), networkObjects()), optest.Deployment("postgres", 1), optest.ReadyPod("postgres"), optest.Autoscaler("user-service", 2, 8), jobPod(), defaultAccount(),
				optest.Secret("app-db", map[string]string{"username": "app", "password": "correct-horse"}),
				optest.Redis(), optest.RedisPod(), optest.Secret("redis-secret", map[string]string{"password": "cache-password"}), optest.PostgresConfig(nil), renewedSecret(t))...)
			for _, o := range optest.AllSides() {
				require.NoError(t, client.Tracker().Add(o))
			}
			optest.GrantOnly(client, call, optest.ReadsOnly)
			call.Client.Exec = &optest.FakeDatabase{Roles: map[string]string{"app": "correct-horse"}, RedisPassword: "cache-password"}
			covered[call.Operation.Name] = true
			metrics := call.Client.Metrics.(interface{ Actions() []clienttesting.Action })
			if _, _, _, err := optest.RunAll(t.Context(), call); err != nil {
				// The fake has no metrics; anything else is a fault.
				require.Equal(t, k8sops.CodeUnavailable, k8sops.CodeOf(err), "%v", err)
			}
			_, err := kube.Resolve(t.Context(), call)
			require.NoError(t, err)
			require.Subset(t, declared(call.Operation), append(asked(client.Actions()), asked(metrics.Actions())...))
		})
	}
	for _, op := range ops {
		require.True(t, covered[op.Name], "%s is not guarded", op.Name)
	}
}

// jobPod is that of the Job that a call makes.
func jobPod() *corev1.Pod {
	pod := optest.ReadyPod("load-test")
	pod.Labels[batchv1.JobNameLabel] = rollout.JobName(&k8sops.Call{ID: "c0ffee42"}, "load-test")
	return pod
}

// defaultAccount is the service account that every namespace has.
func defaultAccount() *corev1.ServiceAccount {
	return &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "default", Namespace: optest.TestNamespace}}
}

func declared(op *k8sops.Operation) []string {
	// Everybody may ask about himself (system:basic-user), and which kinds there are (system:discovery).
	names := []string{"create selfsubjectaccessreviews", "create selfsubjectreviews", "get group", "get resource"}
	for _, a := range op.Access {
		names = append(names, strings.TrimSuffix(a.Verb+" "+a.Resource+"/"+a.Subresource, "/"))
	}
	return names
}

func asked(actions []clienttesting.Action) []string {
	var names []string
	for _, a := range actions {
		name := strings.TrimSuffix(a.GetVerb()+" "+a.GetResource().Resource+"/"+a.GetSubresource(), "/")
		names = append(names, strings.TrimSuffix(name, "metricses"))
	}
	return names
}
