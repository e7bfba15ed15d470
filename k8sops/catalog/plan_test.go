package catalog

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"opsbot/internal/bubble"
	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/k8sops/backup"
)

// plannedLines is a call of every operation with a plan.
func plannedLines() []string {
	return []string{
		"backup db", "backup config", "backup files postgres /var/uploads", "backup verify", "restore db 20260302-093000-c0ffee", "restore config 20260302-093000-c0ffee", "deploy user :1.2", "deploy user nginx", "rollback user", "rollout restart user", "rollout restart all", "rollout pause user", "rollout resume user", "resources user --cpu 200m/500m", "logs clean", "logs clean postgres --older 14d",
		"scale user 1", "scale all 4", "scale postgres 0", "hpa payment --max 5", "hpa payment off", "run load-test smoke",
		`scale plan user 5 --at "2026-12-01 18:00"`, `scale plan payment 3 --cron "0 18 1 12 *" --for 6h`, "scale plan cancel 1", "secret rotate app-db password --role none",
		"bluegreen prepare cart :1.2", "bluegreen switch mail", "bluegreen back stock", "bluegreen finish stock", "bluegreen abort stock",
		"db set work_mem=8MB", "db set max_connections=200", "certs renew shop-tls", "certs restore shop-tls",
		"netpol suspend all --for 30m", "netpol resume", "netpol resume 2 --overwrite",
		"access readonly auditor", "access readonly other", "access revoke auditor",
		"db restart", "emergency network", "emergency database", "emergency outage", "rebuild", "rebuild delete",
	}
}

func plannedObjects() []runtime.Object {
	return append(append(optest.Updated(), optest.AllSides()...), optest.Deployment("order-service", 1), optest.Deployment("payment-service", 2), optest.Deployment("postgres", 1),
		optest.ReadyPod("postgres"), optest.Autoscaler("payment-service", 2, 3), defaultAccount(), optest.Secret("app-db", map[string]string{"password": "correct-horse"}),
		optest.PostgresConfig(map[string]string{"work_mem": "4MB"}), networkObjects()[0], networkObjects()[3])
}

// withBackup has a backup of each kind to restore.
func withBackup(t *testing.T) Config {
	t.Helper()
	deps := testDeps(t)
	b := backup.Backup{
		ID: "20260302-093000-c0ffee", Database: deps.Database.Name, CreatedAt: optest.TestNow(), Cluster: "demo", Namespace: optest.TestNamespace,
		Object: "database/demo/" + optest.TestNamespace + "/ecommerce-20260302-093000-c0ffee.dump.zst",
	}
	b.VerifiedAt = optest.TestNow()
	require.NoError(t, b.Save(t.Context(), deps.Backups))
	deploy := testJobs()[0]
	deploy.Name = "deploy"
	deps.Jobs = append(deps.Jobs, deploy)
	suspended(t, deps, "suspended before")
	call, _ := optest.NewCall(t, testCatalog(t, deps), "backup config")
	_, _, _, err := optest.RunAll(t.Context(), call)
	require.NoError(t, err)
	return deps
}

// What a person confirms is bound to what the plan says: planned again over the same state, later, it says the same.
func TestTwoPlansOverTheSameStateAreEqual(t *testing.T) {
	planned := map[string]bool{}
	for _, line := range plannedLines() {
		t.Run(line, func(t *testing.T) {
			bubble.Test(t, func(t *testing.T) {
				deps := withBackup(t)
				call, _ := optest.NewTypedCall(t, testCatalog(t, deps), line, typedFor(t, line), append(plannedObjects(), renewedSecret(t))...)
				call.Client.Exec = &optest.FakeDatabase{}
				if line == "rebuild delete" {
					rebuilding(t, deps)
				}
				first, err := call.Operation.Plan(t.Context(), call)
				require.NoError(t, err)
				time.Sleep(time.Hour)
				call.Now = call.Now.Add(time.Hour)
				second, err := call.Operation.Plan(t.Context(), call)
				require.NoError(t, err)
				first.State, second.State = nil, nil // the operation's own memory: a backup's is its name
				require.Empty(t, cmp.Diff(first, second))
				planned[call.Operation.Name] = true
			})
		})
	}
	for _, op := range testCatalog(t, testDeps(t)) {
		require.Equal(t, op.Plan != nil, planned[op.Name], op.Name)
	}
}

func TestARestartIsPlannedForNow(t *testing.T) {
	call, _ := optest.NewCall(t, testCatalog(t, testDeps(t)), "rollout restart user", plannedObjects()...)
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	require.Contains(t, plan.Diff, "+ metadata.annotations[kubectl.kubernetes.io/restartedAt]: <now>\n")
}

// A protected workload among several is named once.
func TestProtectionOfOneOfSeveralIsSaidOnce(t *testing.T) {
	d := testDeps(t)
	d.Care.Protected = []string{"order-service"}
	call, _ := optest.NewCall(t, testCatalog(t, d), "rollout restart all",
		optest.Deployment("order-service", 2), optest.Deployment("payment-service", 2), optest.Deployment("user-service", 2))
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	require.Equal(t, k8sops.Destructive, plan.Danger)
	require.Len(t, plan.Warning, 1)
}

func TestAConcurrentChangeStopsTheRun(t *testing.T) {
	for _, line := range []string{"scale user 5", "deploy user :1.1", "rollout restart user"} {
		t.Run(line, func(t *testing.T) {
			call, kube := optest.NewCall(t, testCatalog(t, testDeps(t)), line, optest.Platform()...)
			plan, err := call.Operation.Plan(t.Context(), call)
			require.NoError(t, err)

			other := optest.Deployment("user-service", 7)
			require.NoError(t, kube.Tracker().Update(appsv1.SchemeGroupVersion.WithResource("deployments"), other, optest.TestNamespace))
			err = optest.Do(t.Context(), call, plan)
			require.Equal(t, k8sops.CodeConflict, k8sops.CodeOf(err))
			require.Equal(t, 7, optest.ReplicasIn(t, call, "user-service"))
		})
	}
}
