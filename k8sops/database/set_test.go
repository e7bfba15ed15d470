package database

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/messages"
)

func postgresServer() *appsv1.Deployment {
	return optest.Deployment("postgres", 1, func(d *appsv1.Deployment) {
		d.Spec.Strategy.Type = appsv1.RecreateDeploymentStrategyType
		d.Spec.Template.Spec.Containers[0].Resources.Limits = corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("1Gi")}
	})
}

func newCall(t *testing.T, line string, database *optest.FakeDatabase, objects ...runtime.Object) *k8sops.Call {
	t.Helper()
	p := optest.TestPlatform()
	p.Poll, p.RolloutTimeout = time.Millisecond, time.Second
	call, _ := optest.NewCall(t, Operations(p), line, append(objects, optest.ReadyPod("postgres"))...)
	call.Client.Exec = database
	return call
}

func configData(t *testing.T, call *k8sops.Call) map[string]string {
	t.Helper()
	m, err := call.Client.Kubernetes.CoreV1().ConfigMaps(optest.TestNamespace).Get(t.Context(), "postgres-config", metav1.GetOptions{})
	require.NoError(t, err)
	return m.Data
}

func TestASettingIsChangedAndPutBack(t *testing.T) {
	database := &optest.FakeDatabase{}
	call := newCall(t, "db set work_mem=8MB", database, postgresServer(), optest.PostgresConfig(map[string]string{"work_mem": "4MB"}))
	plan, _, proof, err := optest.RunAll(t.Context(), call)
	require.NoError(t, err)
	require.Equal(t, k8sops.Disruptive, plan.Danger, "nothing is restarted")
	require.True(t, proof.OK)
	require.Equal(t, "k8sops.db.set.proven", proof.Summary.ID)
	require.Equal(t, "8192", database.Settings["work_mem"].Value)
	require.Equal(t, "8MB", configData(t, call)["work_mem"])
	require.Equal(t, "db set work_mem=4MB", optest.UndoLine(t, call, plan))
}

func TestASettingThatNeedsARestart(t *testing.T) {
	call := newCall(t, "db set max_connections=500", &optest.FakeDatabase{}, postgresServer(), optest.PostgresConfig(map[string]string{configFile: "max_connections = 100\n"}))
	plan, _, proof, err := optest.RunAll(t.Context(), call)
	require.NoError(t, err)
	require.True(t, proof.OK)
	require.Equal(t, k8sops.Destructive, plan.Danger, "the database is protected")
	require.Equal(t, "max_connections = '500'\n", configData(t, call)[configFile])
	d, err := call.Client.Kubernetes.AppsV1().Deployments(optest.TestNamespace).Get(t.Context(), "postgres", metav1.GetOptions{})
	require.NoError(t, err)
	require.NotEmpty(t, d.Spec.Template.Annotations["kubectl.kubernetes.io/restartedAt"])
	optest.Golden(t, "set-restart", func(p *messages.Printer) string { return optest.ShowPlan(p, plan) })
}

func TestWhatIsSoAlreadyIsNotDone(t *testing.T) {
	call := newCall(t, "db set work_mem=4MB", &optest.FakeDatabase{}, postgresServer(), optest.PostgresConfig(map[string]string{"work_mem": "4MB"}))
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	require.True(t, plan.NoOp)
}

// The running value may be the old one while the files have another: putting it back is something to do then.
func TestAValueThatOnlyTheFilesHaveIsNoReasonToDoNothing(t *testing.T) {
	database, filed := &optest.FakeDatabase{Settings: optest.HandbookSettings()}, "8MB"
	database.Settings["work_mem"].Filed = &filed
	call := newCall(t, "db set work_mem=4MB", database, postgresServer())
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	require.False(t, plan.NoOp)
}

func TestWhatIsNotSet(t *testing.T) {
	for line, want := range map[string]string{
		"db set work_mem":                              "k8sops.db.set.no_value",
		"db set work_men=8MB":                          "k8sops.db.set.unknown",
		"db set work_mem=lots":                         "k8sops.db.set.refused",
		"db set checkpoint_timeout=5":                  "k8sops.db.set.bad_value",
		"db set wal_level=most":                        "k8sops.db.set.bad_value",
		"db set server_version=16":                     "k8sops.db.set.internal",
		"db set port=1":                                "k8sops.db.set.cuts_off",
		"db set archive_command=true":                  "k8sops.db.set.runs_programs",
		"db set log_connections=on":                    "k8sops.db.set.source",
		"db set max_connections=3":                     "k8sops.db.set.reserved",
		"db set shared_buffers=1000MB":                 "k8sops.db.set.buffers_too_large",
		"db set shared_preload_libraries=nonesuch":     "k8sops.db.set.no_library",
		`db set "shared_preload_libraries=../../evil"`: "k8sops.db.set.no_library",
	} {
		database := &optest.FakeDatabase{Settings: optest.HandbookSettings()}
		before := *database.Settings["work_mem"]
		call := newCall(t, line, database, postgresServer())
		_, err := call.Operation.Plan(t.Context(), call)
		require.Equal(t, want, optest.MessageID(t, err), line)
		require.Equal(t, before, *database.Settings["work_mem"])
		for _, command := range database.Commands() {
			require.NotContains(t, command[len(command)-1], "ALTER", line)
		}
	}
}

func TestASettingThatChangedSinceThePlanIsLeftAlone(t *testing.T) {
	database := &optest.FakeDatabase{Settings: optest.HandbookSettings()}
	call := newCall(t, "db set work_mem=8MB", database, postgresServer())
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	database.Settings["work_mem"].Value = "9999"
	err = optest.Do(t.Context(), call, plan)
	require.Equal(t, "k8sops.db.set.moved", optest.MessageID(t, err))
	require.Equal(t, "9999", database.Settings["work_mem"].Value)
}

func TestWhatLosesDataNeedsASecondPerson(t *testing.T) {
	call := newCall(t, "db set fsync=off", &optest.FakeDatabase{}, postgresServer())
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	require.Equal(t, k8sops.Destructive, plan.Danger)
}

// A server that does not come up with its new value is beyond psql: the way out is said.
func TestAServerThatKeepsItsOldValue(t *testing.T) {
	database := &optest.FakeDatabase{}
	call := newCall(t, "db set max_connections=200", database, postgresServer())
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	require.NoError(t, optest.Do(t.Context(), call, plan))
	database.Settings["max_connections"].Pending = true
	ctx := t.Context()
	op := set{optest.TestPlatform()}
	op.Poll, op.RolloutTimeout, op.Now = time.Millisecond, 10*time.Millisecond, time.Now
	proof, err := op.spec().Operation().Verify(ctx, call, plan, &optest.RecordedProgress{})
	require.NoError(t, err)
	require.False(t, proof.OK)
	require.Equal(t, "k8sops.db.set.way_out", proof.Summary.ID)
}
