package secrets

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"opsbot/internal/optest"
	"opsbot/internal/secret"
	"opsbot/k8sops"
	"opsbot/messages"
)

const old = "correct-horse"

func database() *optest.FakeDatabase {
	return &optest.FakeDatabase{Roles: map[string]string{"app": old, "report": "other-words"}}
}

// callOn is a call in a namespace where orders reads app-db, whose URL holds the password as well.
func callOn(t *testing.T, db *optest.FakeDatabase, line string, more ...runtime.Object) *k8sops.Call {
	t.Helper()
	orders := optest.Deployment("order-service", 2)
	orders.Spec.Template.Spec.Containers[0].EnvFrom = []corev1.EnvFromSource{{SecretRef: &corev1.SecretEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: "app-db"}}}}
	orders.Spec.Template.Spec.Containers[0].Env = []corev1.EnvVar{{Name: "REPORT_DSN", Value: "user=app password=" + old}}
	settings := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "settings", Namespace: optest.TestNamespace}, Data: map[string]string{"url": "postgres://app:" + old + "@postgres/x"}}
	objects := append(more, orders, settings, optest.StatefulSet("postgres", 1), optest.ReadyPod("postgres"),
		optest.Secret("app-db", map[string]string{"username": "app", "password": old, "DATABASE_URL": "postgres://app:" + old + "@postgres/ecommerce"}),
		optest.Secret("reports", map[string]string{"dsn": "host=postgres user=app password=" + old, "notes": "asked for " + old + " in May"}),
		optest.Secret("jwt", map[string]string{"key": "signing-key-of-tokens"}))
	call, _ := optest.NewCall(t, Operations(optest.TestPlatform()), line, objects...)
	call.ID, call.Started = "feedface-01", optest.TestNow()
	call.Client.Exec = db
	return call
}

func valueIn(t *testing.T, call *k8sops.Call, name, key string) string {
	t.Helper()
	s, err := call.Client.Kubernetes.CoreV1().Secrets(call.Namespace).Get(t.Context(), name, metav1.GetOptions{})
	require.NoError(t, err)
	return string(s.Data[key])
}

func TestARotationChangesRoleSecretsAndServices(t *testing.T) {
	db := database()
	call := callOn(t, db, "secret rotate app-db password")
	plan, result, proof, err := optest.RunAll(t.Context(), call)
	require.NoError(t, err)
	require.True(t, proof.OK, "%v", proof.Summary)
	require.Equal(t, "k8sops.secret.proven", proof.Summary.ID)
	optest.Golden(t, "rotate", func(p *messages.Printer) string {
		return optest.ShowPlan(p, plan) + "\n" + optest.ShowCard(p, result.Card)
	})

	value := valueIn(t, call, "app-db", "password")
	require.NotEqual(t, old, value)
	require.Len(t, value, 26)
	require.Equal(t, "postgres://app:"+value+"@postgres/ecommerce", valueIn(t, call, "app-db", "DATABASE_URL"))
	require.Equal(t, "host=postgres user=app password="+value, valueIn(t, call, "reports", "dsn"))
	require.Equal(t, "asked for "+old+" in May", valueIn(t, call, "reports", "notes"), "named, not changed")
	require.Equal(t, old, valueIn(t, call, "app-db-opsbot-feedface", "previous"))
	require.Equal(t, "secret rotate app-db password --role app --previous feedface", optest.UndoLine(t, call, plan))

	seen, err := json.Marshal([]any{plan, result, proof, db.Commands(), db.Session()})
	require.NoError(t, err)
	require.NotContains(t, string(seen), old)
	require.NotContains(t, string(seen), value)
}

// Whatever was done before a stop is not done again, and the value is the same.
func TestARotationGoesOnAfterAStopAnywhere(t *testing.T) {
	for stop := range len(rotate{}.spec().Steps) {
		db := database()
		call := callOn(t, db, "secret rotate app-db password")
		plan, err := call.Operation.Plan(t.Context(), call)
		require.NoError(t, err)
		for i, step := range call.Operation.Steps {
			require.NoError(t, step.Do(t.Context(), call, plan, &optest.RecordedProgress{}, false))
			if i == stop {
				require.NoError(t, step.Do(t.Context(), call, plan, &optest.RecordedProgress{}, true), step.Name)
			}
		}
		proof, err := call.Operation.Verify(t.Context(), call, plan, &optest.RecordedProgress{})
		require.NoError(t, err)
		require.True(t, proof.OK, "stopped in step %d: %v", stop, proof.Summary)
	}
}

func TestATypedValueAndTheWayBack(t *testing.T) {
	db := database()
	call := callOn(t, db, "secret rotate app-db password")
	call.Args["value"] = k8sops.Typed
	call.Secrets = k8sops.Secrets{"value": secret.New("typed in a form")}
	plan, _, proof, err := optest.RunAll(t.Context(), call)
	require.NoError(t, err)
	require.True(t, proof.OK, "%v", proof.Summary)
	require.Equal(t, "typed in a form", valueIn(t, call, "app-db", "password"))
	require.Equal(t, "postgres://app:typed%20in%20a%20form@postgres/ecommerce", valueIn(t, call, "app-db", "DATABASE_URL"))

	back, err := call.Operation.Undo(call, plan)
	require.NoError(t, err)
	undo := *call
	undo.ID, undo.Args, undo.Secrets = "ab5e11ed-02", back.Args, nil
	_, _, proof, err = optest.RunAll(t.Context(), &undo)
	require.NoError(t, err)
	require.True(t, proof.OK, "%v", proof.Summary)
	require.Equal(t, old, valueIn(t, &undo, "app-db", "password"))
	require.Equal(t, "postgres://app:"+old+"@postgres/ecommerce", valueIn(t, &undo, "app-db", "DATABASE_URL"))
}

func TestOnlyThreeVersionsAreKept(t *testing.T) {
	call := callOn(t, database(), "secret rotate jwt key --role none")
	for _, id := range []string{"aaaaaaaa", "bbbbbbbb", "cccccccc", "dddddddd", "eeeeeeee"} {
		again := *call
		again.ID = id
		_, _, proof, err := optest.RunAll(t.Context(), &again)
		require.NoError(t, err)
		require.True(t, proof.OK)
	}
	all, err := call.Client.Kubernetes.CoreV1().Secrets(call.Namespace).List(t.Context(), metav1.ListOptions{LabelSelector: keptOf + "=jwt"})
	require.NoError(t, err)
	require.Len(t, all.Items, 3)
}

func TestWhatIsNotRotated(t *testing.T) {
	owned := optest.Secret("synced", map[string]string{"password": "x"})
	controller := true
	owned.OwnerReferences = []metav1.OwnerReference{{Kind: "ExternalSecret", Name: "synced", Controller: &controller}}
	fixed := optest.Secret("fixed", map[string]string{"password": "x"})
	fixed.Immutable = &controller
	for line, want := range map[string]string{
		"secret rotate app-dp password":                     "k8sops.secret.unknown",
		"secret rotate app-db passwd":                       "k8sops.secret.unknown_key",
		"secret rotate synced password --role none":         "k8sops.secret.owned",
		"secret rotate fixed password --role none":          "k8sops.secret.immutable",
		"secret rotate app-db password --role nobody":       "k8sops.secret.unknown_role",
		"secret rotate app-db password --previous 01234567": "k8sops.secret.no_version",
		"secret rotate app-db-opsbot-feedface password":     "k8sops.secret.unknown",
	} {
		call := callOn(t, database(), line, owned, fixed)
		_, err := call.Operation.Plan(t.Context(), call)
		require.Equal(t, want, optest.MessageID(t, err), line)
	}
	for typed, want := range map[string]string{old: "k8sops.secret.same", "пароль-пароль": "k8sops.secret.not_ascii", "short": "k8sops.secret.too_short", "": "k8sops.secret.gone"} {
		call := callOn(t, database(), "secret rotate app-db password")
		call.Args["value"] = k8sops.Typed
		if typed != "" {
			call.Secrets = k8sops.Secrets{"value": secret.New(typed)}
		}
		_, err := call.Operation.Plan(t.Context(), call)
		require.Equal(t, want, optest.MessageID(t, err))
		require.NotContains(t, err.Error(), old)
	}
}

// A server that lets everybody in proves nothing, and so says nothing about whose password it is.
func TestADatabaseThatTrustsEverybody(t *testing.T) {
	db := database()
	db.Trust = true
	call := callOn(t, db, "secret rotate app-db password")
	_, err := call.Operation.Plan(t.Context(), call)
	require.Equal(t, "k8sops.secret.which_role", optest.MessageID(t, err))
	call = callOn(t, db, "secret rotate app-db password --role app")
	plan, _, proof, err := optest.RunAll(t.Context(), call)
	require.NoError(t, err)
	require.True(t, proof.OK)
	require.Equal(t, "k8sops.secret.changed", proof.Summary.ID)
	require.Equal(t, "k8sops.secret.unproven", plan.Warning[1].ID)
}

func TestWhoMayNotRestartIsToldWhatStillHasTheOldPassword(t *testing.T) {
	call := callOn(t, database(), "secret rotate app-db password")
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	forbidPatches(call)
	require.NoError(t, optest.Do(t.Context(), call, plan))
	proof, err := call.Operation.Verify(t.Context(), call, plan, &optest.RecordedProgress{})
	require.NoError(t, err)
	require.False(t, proof.OK)
	require.Equal(t, "k8sops.secret.not_restarted", proof.Summary.ID)
	require.Equal(t, []string{"rollout restart order-service"}, proof.Suggest)
}

// A form may give several lines: a private key.
func TestAPEMBlockIsRotated(t *testing.T) {
	const pem = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----\n"
	call := callOn(t, database(), "secret rotate jwt key --role none")
	call.Args["value"] = k8sops.Typed
	call.Secrets = k8sops.Secrets{"value": secret.New(pem)}
	value, ok := call.Operation.Arg("value")
	require.True(t, ok)
	require.NoError(t, value.CheckSecret(pem))
	_, _, proof, err := optest.RunAll(t.Context(), call)
	require.NoError(t, err)
	require.True(t, proof.OK)
	require.Equal(t, pem, valueIn(t, call, "jwt", "key"))
}

func TestWhatAFormOffers(t *testing.T) {
	call := callOn(t, database(), "secret rotate jwt key --role none")
	_, _, _, err := optest.RunAll(t.Context(), call)
	require.NoError(t, err)
	names, err := offerNames(t.Context(), call)
	require.NoError(t, err)
	require.Equal(t, k8sops.Choices("app-db", "jwt", "reports"), names, "what was kept is nothing to rotate")
	keys, err := offerKeys(t.Context(), call)
	require.NoError(t, err)
	require.Equal(t, k8sops.Choices("key"), keys)
	versions, err := offerVersions(t.Context(), call)
	require.NoError(t, err)
	require.Len(t, versions, 1)
	require.Equal(t, "feedface", versions[0].Value)
}
