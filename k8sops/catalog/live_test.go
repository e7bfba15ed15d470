package catalog

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"

	"opsbot/internal/agefile"
	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/k8sops/backup"
	"opsbot/k8sops/cmdline"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/rbac"
	"opsbot/messages"
	"opsbot/testcluster"
)

func TestMain(m *testing.M) { testcluster.Main(m) }

// live is the handbook's platform on a real control plane, with the generated rights and nothing else.
type live struct {
	cluster   *testcluster.Cluster
	namespace string
	deps      Config
	ops       []k8sops.Operation
	bot       *k8sops.Cluster
}

func startLive(t *testing.T, database *testcluster.Postgres, options ...func(*rbac.Options)) *live {
	return startLiveWith(t, database, func(*Config) {}, options...)
}

// startLiveWith configures the catalogue before the rights are made of it.
func startLiveWith(t *testing.T, database *testcluster.Postgres, configure func(*Config), options ...func(*rbac.Options)) *live {
	c := testcluster.Shared(t)
	l := &live{cluster: c, namespace: testcluster.NewNamespace(t), deps: testDeps(t)}
	require.NoError(t, c.ApplyPlatform(t.Context(), testcluster.PlatformOptions{Namespace: l.namespace, Database: database}))
	l.deps.Now = time.Now
	l.deps.Poll = 200 * time.Millisecond
	l.deps.RolloutTimeout = 2 * time.Minute
	configure(&l.deps)
	l.ops = testCatalog(t, l.deps)

	o := rbac.Options{Namespaces: []string{l.namespace}, BotNamespace: l.namespace, BotName: "opsbot-" + l.namespace, Constrained: true}
	o.ExecPods = []string{rbac.PodsOf("deployment/postgres"), rbac.PodsOf("deployment/redis")}
	for _, role := range append(k8sops.ContactRoles(), k8sops.Everyone) {
		o.Users = append(o.Users, userOf(role))
	}
	for _, option := range options {
		option(&o)
	}
	objects, err := rbac.Objects(l.ops, o)
	require.NoError(t, err)
	for _, object := range objects {
		create(t, c.Client(), object)
	}
	config, err := c.ServiceAccountConfig(t.Context(), o.BotNamespace, o.BotName)
	require.NoError(t, err)
	l.bot = &k8sops.Cluster{Name: "test", Namespace: l.namespace, Config: config}
	return l
}

// create makes one generated object. Cluster roles are the same for every namespace and may exist already.
func create(t *testing.T, kube kubernetes.Interface, object runtime.Object) {
	t.Helper()
	var err error
	options := metav1.CreateOptions{FieldValidation: metav1.FieldValidationStrict}
	switch o := object.(type) {
	case *corev1.ServiceAccount:
		_, err = kube.CoreV1().ServiceAccounts(o.Namespace).Create(t.Context(), o, options)
	case *rbacv1.ClusterRole:
		_, err = kube.RbacV1().ClusterRoles().Create(t.Context(), o, options)
	case *rbacv1.ClusterRoleBinding:
		_, err = kube.RbacV1().ClusterRoleBindings().Create(t.Context(), o, options)
	case *rbacv1.Role:
		_, err = kube.RbacV1().Roles(o.Namespace).Create(t.Context(), o, options)
	case *rbacv1.RoleBinding:
		_, err = kube.RbacV1().RoleBindings(o.Namespace).Create(t.Context(), o, options)
	case *admissionv1.ValidatingAdmissionPolicy:
		_, err = kube.AdmissionregistrationV1().ValidatingAdmissionPolicies().Create(t.Context(), o, options)
	case *admissionv1.ValidatingAdmissionPolicyBinding:
		_, err = kube.AdmissionregistrationV1().ValidatingAdmissionPolicyBindings().Create(t.Context(), o, options)
	default:
		t.Fatalf("RBAC generates a %T", object)
	}
	if !apierrors.IsAlreadyExists(err) {
		require.NoError(t, err)
	}
}

func userOf(role k8sops.Role) string { return string(role) + "@company.com" }

// call parses a line as a person of a role would type it.
func (l *live) call(t *testing.T, role k8sops.Role, line string) *k8sops.Call {
	t.Helper()
	op, args, err := cmdline.Parse(l.ops, line)
	require.NoError(t, err)
	id := uuid.NewString()
	identity := k8sops.Identity{User: userOf(role), Groups: []string{role.Group()}, Extra: map[string][]string{
		k8sops.ExtraSlackUser: {"U0" + strings.ToUpper(string(role))}, k8sops.ExtraChannel: {"C0INCIDENTS"}, k8sops.ExtraIncident: {"12"}, k8sops.ExtraCall: {id},
	}}
	client, err := l.bot.As(identity)
	require.NoError(t, err)
	return &k8sops.Call{ID: id, Operation: op, Args: args, Cluster: "test", Namespace: l.namespace, Identity: identity, Client: client, Now: time.Now(), Started: time.Now()}
}

// do checks access, plans, runs and verifies, as the handlers do.
func (l *live) do(t *testing.T, role k8sops.Role, line string) (*k8sops.Call, *k8sops.Plan, *k8sops.Result, *k8sops.Verification) {
	t.Helper()
	call := l.call(t, role, line)
	require.NoError(t, k8sops.Preflight(t.Context(), call.Client, call.Namespace, *call.Operation))
	plan, result, proof, err := optest.RunAll(t.Context(), call)
	require.NoError(t, explained(err), line)
	l.guard(t, call)
	return call, plan, result, proof
}

func explained(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w", err)
}

// guard proves from the API server's audit log that the call asked for nothing that its operation does not declare, and
// that the log names the person behind it.
func (l *live) guard(t *testing.T, call *k8sops.Call) {
	t.Helper()
	events, err := l.cluster.AuditEvents()
	require.NoError(t, err)
	requests := 0
	for _, event := range events {
		if event.ImpersonatedUser == nil || !slices.Contains(event.ImpersonatedUser.Extra[k8sops.ExtraCall], call.ID) {
			continue
		}
		requests++
		require.Equal(t, call.Identity.User, event.ImpersonatedUser.Username)
		require.Equal(t, call.Identity.Extra[k8sops.ExtraSlackUser], event.ImpersonatedUser.Extra[k8sops.ExtraSlackUser])
		asked := strings.TrimSuffix(event.Verb+" "+event.ObjectRef.Resource+"/"+event.ObjectRef.Subresource, "/")
		require.Contains(t, declared(call.Operation), asked, "%s asks for %s", call.Operation.Name, event.RequestURI)
	}
	require.NotZero(t, requests, "%s is not in the audit log", call.Operation.Name)
}

func (l *live) deployment(t *testing.T, name string) *appsv1.Deployment {
	t.Helper()
	d, err := l.cluster.Client().AppsV1().Deployments(l.namespace).Get(t.Context(), name, metav1.GetOptions{})
	require.NoError(t, err)
	return d
}

func TestLiveScaleReallyScalesAndIsUndone(t *testing.T) {
	l := startLive(t, nil)
	before := kube.WorkloadOf(l.deployment(t, "user-service")).Replicas()
	call, plan, _, proof := l.do(t, k8sops.Development, fmt.Sprintf("scale user %d", before+3))
	require.True(t, proof.OK)
	require.EqualValues(t, before+3, l.deployment(t, "user-service").Status.ReadyReplicas)

	undo := undoLine(t, l.ops, call, plan)
	_, _, _, proof = l.do(t, k8sops.Development, undo)
	require.True(t, proof.OK)
	require.EqualValues(t, before, l.deployment(t, "user-service").Status.Replicas)
}

func TestLiveScaleAll(t *testing.T) {
	l := startLive(t, nil)
	l.do(t, k8sops.System, "scale order 4")
	call, plan, _, proof := l.do(t, k8sops.System, "scale all 4")
	require.True(t, proof.OK)
	require.NotContains(t, plan.Names(), "order-service", "has 4 already")
	require.NotContains(t, plan.Names(), "postgres")
	for _, name := range plan.Names() {
		require.EqualValues(t, 4, l.deployment(t, name).Status.ReadyReplicas, name)
	}
	_, _, status, _ := l.do(t, k8sops.Everyone, "status user")
	catalogue, err := messages.Load()
	require.NoError(t, err)
	shown := optest.ShowCard(catalogue.Printer("en", messages.Plain()), status.Card)
	require.Contains(t, shown, "4/4")
	require.Contains(t, shown, "last scaled by "+userOf(k8sops.System), "the managed fields tell who scaled")

	_, undo, _, proof := l.do(t, k8sops.System, undoLine(t, l.ops, call, plan))
	require.True(t, proof.OK)
	require.Empty(t, k8sops.ChangedSince(plan, undo))
	require.Equal(t, plan.Names(), undo.Names())
	require.Equal(t, 4, kube.WorkloadOf(l.deployment(t, "order-service")).Replicas(), "what it left alone stays as it is")
}

func TestLiveBadImageFailsItsProofAndIsRolledBack(t *testing.T) {
	l := startLive(t, nil)
	good := kube.WorkloadOf(l.deployment(t, "user-service")).Images()
	started := time.Now()
	_, deployed, _, proof := l.do(t, k8sops.Development, "deploy user :bad")
	require.False(t, proof.OK)
	require.Equal(t, "k8sops.rollout.stuck", proof.Summary.ID, "%v", proof.Summary)
	require.Less(t, time.Since(started), l.deps.RolloutTimeout, "a hopeless rollout is not waited out")
	require.True(t, strings.HasPrefix(proof.Suggest[0], "rollback user-service "))

	_, plan, _, proof := l.do(t, k8sops.Development, proof.Suggest[0])
	require.True(t, proof.OK)
	require.Contains(t, plan.Diff, "+ spec.containers[user-service].image: "+good)
	require.Empty(t, k8sops.ChangedSince(deployed, plan), "the template that was planned is the one that ran")
	d := l.deployment(t, "user-service")
	require.Equal(t, good, kube.WorkloadOf(d).Images())
	require.Contains(t, d.Annotations["kubernetes.io/change-cause"], userOf(k8sops.Development))

	_, _, history, _ := l.do(t, k8sops.Everyone, "rollout history user")
	require.Len(t, history.Card.Sections[0].Table.Rows, 2)
}

func TestLiveRestartReplacesEveryPod(t *testing.T) {
	l := startLive(t, nil)
	before := podNames(t, l, "order-service")
	_, _, _, proof := l.do(t, k8sops.System, "rollout restart order")
	require.True(t, proof.OK)
	for _, name := range podNames(t, l, "order-service") {
		require.NotContains(t, before, name)
	}
	_, _, result, _ := l.do(t, k8sops.Development, "rollout order")
	require.Equal(t, messages.ToneGood, result.Card.Tone)
}

func TestLiveAPausedRolloutWaits(t *testing.T) {
	l := startLive(t, nil)
	_, _, _, proof := l.do(t, k8sops.Development, "rollout pause user")
	require.True(t, proof.OK, "%v", proof.Summary)
	before := podNames(t, l, "user-service")
	patch := []byte(`{"spec":{"template":{"spec":{"containers":[{"name":"user-service","image":"user-service:1.8"}]}}}}`)
	_, err := l.cluster.Client().AppsV1().Deployments(l.namespace).Patch(t.Context(), "user-service", types.StrategicMergePatchType, patch, metav1.PatchOptions{})
	require.NoError(t, err)
	for _, line := range []string{"deploy user :1.9", "rollout restart user"} {
		call := l.call(t, k8sops.Development, line)
		_, err := call.Operation.Plan(t.Context(), call)
		require.Equal(t, "k8sops.rollout.paused", optest.MessageID(t, err), line)
	}
	require.Equal(t, before, podNames(t, l, "user-service"), "nothing rolls out")

	_, plan, _, proof := l.do(t, k8sops.Development, "rollout resume user")
	require.True(t, proof.OK, "%v", proof.Summary)
	require.Contains(t, plan.Diff, "+ spec.containers[user-service].image: user-service:1.8", "what waited was shown")
	require.NotEqual(t, before, podNames(t, l, "user-service"))
}

func podNames(t *testing.T, l *live, app string) []string {
	t.Helper()
	pods, err := l.cluster.Client().CoreV1().Pods(l.namespace).List(t.Context(), metav1.ListOptions{LabelSelector: "app=" + app})
	require.NoError(t, err)
	var names []string
	for _, pod := range pods.Items {
		if pod.DeletionTimestamp == nil {
			names = append(names, pod.Name)
		}
	}
	return names
}

func TestLiveAConflictingChangeIsNotOverwritten(t *testing.T) {
	l := startLive(t, nil)
	deploying, deployed, _, _ := l.do(t, k8sops.System, "deploy user :1.8")
	for _, line := range []string{"scale user 6", "deploy user :1.9", "rollout restart user"} {
		call := l.call(t, k8sops.System, line)
		plan, err := call.Operation.Plan(t.Context(), call)
		require.NoError(t, err)
		patch := fmt.Sprintf(`{"spec":{"template":{"metadata":{"annotations":{"changed":%q}}}}}`, line)
		_, err = l.cluster.Client().AppsV1().Deployments(l.namespace).Patch(t.Context(), "user-service", types.MergePatchType, []byte(patch), metav1.PatchOptions{})
		require.NoError(t, err)
		err = optest.Do(t.Context(), call, plan)
		require.Equal(t, k8sops.CodeConflict, k8sops.CodeOf(err), "%s: %v", line, err)
	}
	call := l.call(t, k8sops.System, undoLine(t, l.ops, deploying, deployed))
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	require.Equal(t, []string{"user-service"}, k8sops.ChangedSince(deployed, plan), "an undo of the deploy would override them")
}

// The generated roles let each role do exactly its operations, and what takes no right that these do not take.
func TestLiveEachRoleMayDoExactlyItsOperations(t *testing.T) {
	l := startLive(t, nil)
	var changes []string
	for _, role := range append(k8sops.ContactRoles(), k8sops.Everyone) {
		rights := slices.Concat(rbac.AccessOf(l.ops, role), rbac.AccessOf(l.ops, k8sops.Everyone))
		for i := range l.ops {
			op := &l.ops[i]
			call := l.call(t, role, "ops help")
			err := k8sops.Preflight(t.Context(), call.Client, l.namespace, *op)
			switch {
			case owns(op, role):
				require.NoError(t, err, "%s: %s", role, op.Name)
			case err == nil && cover(rights, op):
				if op.Danger != k8sops.Read {
					changes = append(changes, fmt.Sprintf("%s: %s", role, op.Name))
				}
			default:
				require.Equal(t, k8sops.CodeForbidden, k8sops.CodeOf(err), "%s: %s", role, op.Name)
			}
		}
	}
	require.Equal(t, []string{
		"dba: backup files",             // runs programs in the pods in which /logs clean does
		"development: db restart",       // is /rollout restart of the database
		"development: emergency outage", // makes calls that development may make
	}, changes)
}

func owns(op *k8sops.Operation, role k8sops.Role) bool {
	return slices.Contains(op.Owners, role) || slices.Contains(op.Owners, k8sops.Everyone)
}

// cover: a role with these rights lacks nothing that the operation cannot do without.
func cover(rights []k8sops.Access, op *k8sops.Operation) bool {
	return !slices.ContainsFunc(op.Access, func(a k8sops.Access) bool {
		return !a.Optional && !slices.ContainsFunc(rights, func(r k8sops.Access) bool {
			r.Optional = false
			return r == a || r.Name == "" && r == anyName(a)
		})
	})
}

func anyName(a k8sops.Access) k8sops.Access {
	a.Name = ""
	return a
}

func TestLiveAViewersScaleIsRefusedByName(t *testing.T) {
	l := startLive(t, nil)
	call := l.call(t, k8sops.Everyone, "scale user 5")
	err := k8sops.Preflight(t.Context(), call.Client, l.namespace, *call.Operation)
	e, ok := optest.AsError(err)
	require.True(t, ok)
	require.Equal(t, k8sops.CodeForbidden, e.Code)
	require.Equal(t, "deployments.apps/scale", e.Message.Args["resource"].S)
	require.Equal(t, l.namespace, e.Message.Args["namespace"].S)

	// Kubernetes itself refuses, too: preflight is courtesy, not the gate.
	plan, _, _, err := optest.RunAll(t.Context(), call)
	require.Equal(t, k8sops.CodeForbidden, k8sops.CodeOf(err), "%v", plan)
}

func TestLiveTheBotAloneMayDoNothing(t *testing.T) {
	l := startLive(t, nil)
	alone, err := kubernetes.NewForConfig(l.bot.Config)
	require.NoError(t, err)
	_, err = alone.CoreV1().Pods(l.namespace).List(t.Context(), metav1.ListOptions{})
	require.True(t, apierrors.IsForbidden(err), "%v", err)
	for _, stranger := range []k8sops.Identity{
		{User: "stranger@company.com"},
		{User: userOf(k8sops.DBA), Groups: []string{"system:masters"}},
		{User: userOf(k8sops.DBA), Extra: map[string][]string{"other.io/key": {"x"}}},
	} {
		client, err := l.bot.As(stranger)
		require.NoError(t, err)
		_, err = client.Kubernetes.CoreV1().Pods(l.namespace).List(t.Context(), metav1.ListOptions{})
		require.True(t, apierrors.IsForbidden(err), "%v: %v", stranger, err)
	}
	_, err = l.bot.As(k8sops.Identity{})
	require.Error(t, err)
}

func TestLiveUnconstrainedImpersonation(t *testing.T) {
	l := startLive(t, nil, func(o *rbac.Options) { o.Constrained = false })
	_, _, _, proof := l.do(t, k8sops.Development, "scale payment 3")
	require.True(t, proof.OK)
	l.do(t, k8sops.Everyone, "health")
}

func TestLiveConstrainedImpersonation(t *testing.T) {
	l := startLive(t, nil)
	_, _, _, proof := l.do(t, k8sops.Development, "scale payment 3")
	require.True(t, proof.OK)
	l.do(t, k8sops.Everyone, "ops help")
	l.do(t, k8sops.Everyone, "health")

	// What no operation does, the bot may not even ask for on somebody's behalf.
	call := l.call(t, k8sops.Everyone, "health")
	_, err := call.Client.Kubernetes.CoordinationV1().Leases(l.namespace).List(t.Context(), metav1.ListOptions{})
	require.True(t, apierrors.IsForbidden(err))
	require.ErrorContains(t, err, "impersonate")
}

func TestLiveHealthFindsWhatIsBroken(t *testing.T) {
	l := startLive(t, nil)
	require.NoError(t, l.cluster.CrashLoop(t.Context(), l.namespace, "order-service"))
	require.NoError(t, l.cluster.BadImage(t.Context(), l.namespace, "payment-service"))
	catalogue, err := messages.Load()
	require.NoError(t, err)
	printer := catalogue.Printer("en", messages.Plain())
	shown := ""
	require.Eventually(t, func() bool {
		_, _, result, _ := l.do(t, k8sops.System, "health")
		shown = optest.ShowCard(printer, result.Card)
		return strings.Contains(shown, "CrashLoopBackOff") && strings.Contains(shown, "ImagePullBackOff")
	}, time.Minute, 500*time.Millisecond, "%s", &shown)
	t.Log(shown)
	require.Contains(t, shown, "=> logs order-service --errors")
	require.Contains(t, shown, "=> rollback payment-service")
	require.True(t, strings.HasPrefix(shown, "[bad]"))

	// A viewer gets the same findings, and is told what could not be looked at.
	_, _, result, _ := l.do(t, k8sops.Everyone, "health")
	require.Contains(t, optest.ShowCard(printer, result.Card), "Not checked: certificates")
}

func TestLiveReads(t *testing.T) {
	l := startLive(t, nil)
	catalogue, err := messages.Load()
	require.NoError(t, err)
	for _, line := range []string{"status", "events", "events user --warnings", "logs user", "logs all --errors", "rollout history user",
		"ops help", "ops help scale", "ops whoami", "health user"} {
		_, _, result, _ := l.do(t, k8sops.Everyone, line)
		shown := optest.ShowCard(catalogue.Printer("en", messages.Plain()), result.Card)
		require.NotContains(t, shown, "[k8sops.")
		t.Logf("%s\n%s", line, shown)
	}
	// metrics-server needs a while for its first measurements.
	require.Eventually(t, func() bool {
		for _, line := range []string{"top pods", "top nodes"} {
			call := l.call(t, k8sops.Everyone, line)
			result, err := call.Operation.Answer(t.Context(), call, &optest.RecordedProgress{})
			if err != nil || len(result.Card.Sections[0].Table.Rows) == 0 {
				return false
			}
			l.guard(t, call)
		}
		return true
	}, 2*time.Minute, time.Second)
}

func TestLiveBackupIsRestorable(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a Kubernetes control plane")
	}
	database, err := testcluster.StartPostgres(t.Context(), "")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, database.Close()) })
	l := startLive(t, database)
	call, plan, _, proof := l.do(t, k8sops.DBA, "backup db")
	require.True(t, proof.OK, "%v", proof.Summary)

	backups, err := backup.List(t.Context(), l.deps.Backups, "test", l.namespace)
	require.NoError(t, err)
	require.Len(t, backups, 1)
	require.False(t, backups[0].VerifiedAt.IsZero())

	want := rowCounts(t, database.DSN())
	require.NotEmpty(t, want)
	scratch := restoreScratch(t, l, database, backups[0])
	require.Equal(t, want, rowCounts(t, scratch))

	loseData(t, l.deps.Backups, backups[0])
	proof, err = call.Operation.Verify(t.Context(), call, plan, &optest.RecordedProgress{})
	require.NoError(t, err)
	require.False(t, proof.OK, "%v", proof.Summary)
}

// A backup, here an encrypted one, is proven by a restore of its own, and what a slip destroyed is brought back by it; the undo brings
// the slip back.
func TestLiveABackupIsProvenAndRestored(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a Kubernetes control plane")
	}
	database, err := testcluster.StartPostgres(t.Context(), "")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, database.Close()) })
	l := startLive(t, database)
	identity, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	l.deps.Keys, err = agefile.Parse([]string{identity.Recipient().String()}, []string{identity.String()})
	require.NoError(t, err)
	l.ops = testCatalog(t, l.deps)
	l.do(t, k8sops.DBA, "backup db")
	_, _, verified, proof := l.do(t, k8sops.DBA, "backup verify")
	require.True(t, proof.OK, "%v", proof.Summary)
	require.Equal(t, "k8sops.verify.proven", proof.Summary.ID)
	require.Contains(t, shownCard(t, verified.Card), "public.orders")
	backups, err := backup.List(t.Context(), l.deps.Backups, "test", l.namespace)
	require.NoError(t, err)
	want := rowCounts(t, database.DSN())

	execSQL(t, database.DSN(), "DROP TABLE payments CASCADE; TRUNCATE orders CASCADE")
	call, plan, restored, proof := l.do(t, k8sops.System, "restore db "+backups[0].ID)
	require.True(t, proof.OK, "%v", proof.Summary)
	require.Equal(t, want, rowCounts(t, database.DSN()))
	require.Contains(t, shownCard(t, restored.Card), "public.payments")

	_, _, _, proof = l.do(t, k8sops.System, undoLine(t, l.ops, call, plan))
	require.True(t, proof.OK, "%v", proof.Summary)
	require.Zero(t, countOf(t, database.DSN(), "orders"), "as it was before the restore")
}

func execSQL(t *testing.T, dsn, sql string) {
	t.Helper()
	db, err := pgx.Connect(t.Context(), dsn)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close(context.WithoutCancel(t.Context()))) }()
	_, err = db.Exec(t.Context(), sql)
	require.NoError(t, err)
}

func countOf(t *testing.T, dsn, table string) (n int) {
	t.Helper()
	db, err := pgx.Connect(t.Context(), dsn)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close(context.WithoutCancel(t.Context()))) }()
	require.NoError(t, db.QueryRow(t.Context(), "SELECT count(*) FROM "+pgx.Identifier{table}.Sanitize()).Scan(&n))
	return n
}

// loseData cuts the end off a dump before it is stored, which leaves its table of contents and its checksum right.
func loseData(t *testing.T, store backup.Store, taken backup.Backup) {
	t.Helper()
	stored, err := store.Open(t.Context(), taken.Object)
	require.NoError(t, err)
	whole, err := io.ReadAll(decompressed(t, stored))
	require.NoError(t, err)
	require.NoError(t, stored.Close())
	cut := &bytes.Buffer{}
	require.NoError(t, backup.Compress(cut, func(w io.Writer) error {
		_, err := w.Write(whole[:len(whole)-100])
		return err
	}))
	sum := sha256.Sum256(cut.Bytes())
	taken.SHA256 = hex.EncodeToString(sum[:])
	_, err = store.Put(t.Context(), taken.Object, cut)
	require.NoError(t, err)
	require.NoError(t, taken.Save(t.Context(), store))
}

// restoreScratch restores a backup through the pod into a database of its own and gives its address.
func restoreScratch(t *testing.T, l *live, database *testcluster.Postgres, taken backup.Backup) string {
	t.Helper()
	admin, err := pgx.Connect(t.Context(), database.DSN())
	require.NoError(t, err)
	defer func() { require.NoError(t, admin.Close(context.WithoutCancel(t.Context()))) }()
	_, err = admin.Exec(t.Context(), "CREATE DATABASE scratch")
	require.NoError(t, err)

	call := l.call(t, k8sops.DBA, "backup db")
	c, err := l.deps.DatabaseContainer(t.Context(), call)
	require.NoError(t, err)
	stored, err := l.deps.Backups.Open(t.Context(), taken.Object)
	require.NoError(t, err)
	defer func() { require.NoError(t, stored.Close()) }()
	dump := decompressed(t, stored)
	require.NoError(t, call.Client.Executor().Exec(t.Context(), k8sops.Command{
		Namespace: c.Namespace, Pod: c.Pod, Container: c.Name, Stdin: dump,
		Args: []string{"pg_restore", "--exit-on-error", "--no-owner", "-U", database.User, "-d", "scratch"},
	}))
	config, err := pgx.ParseConfig(database.DSN())
	require.NoError(t, err)
	return strings.Replace(database.DSN(), "/"+config.Database, "/scratch", 1)
}

func rowCounts(t *testing.T, dsn string) map[string]int {
	t.Helper()
	db, err := pgx.Connect(t.Context(), dsn)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close(context.WithoutCancel(t.Context()))) }()
	counts := map[string]int{}
	for _, table := range []string{"users", "products", "orders", "payments"} {
		var n int
		require.NoError(t, db.QueryRow(t.Context(), "SELECT count(*) FROM "+pgx.Identifier{table}.Sanitize()).Scan(&n))
		counts[table] = n
	}
	return counts
}

func decompressed(t *testing.T, stored io.Reader) io.Reader {
	t.Helper()
	reader, err := zstd.NewReader(stored)
	require.NoError(t, err)
	t.Cleanup(reader.Close)
	return reader
}

// undoLine is the command line that takes a call back, which may be one of another operation.
func undoLine(t *testing.T, ops []k8sops.Operation, call *k8sops.Call, plan *k8sops.Plan) string {
	t.Helper()
	back, err := call.Operation.Undo(call, plan)
	require.NoError(t, err)
	return back.Line(ops)
}

// An autoscaler is made, reads its figures, is tuned, and is taken away and put back by the undo.
func TestLiveAutoscalerIsMadeTunedAndTakenAway(t *testing.T) {
	l := startLive(t, nil)
	autoscalers := l.cluster.Client().AutoscalingV2().HorizontalPodAutoscalers(l.namespace)
	call, plan, _, proof := l.do(t, k8sops.Development, "hpa payment --min 2 --max 6 --cpu 70")
	require.True(t, proof.OK, "%v", proof.Summary)
	_, _, result, _ := l.do(t, k8sops.Everyone, "hpa payment")
	require.Contains(t, shownCard(t, result.Card), "payment-service")

	_, _, _, proof = l.do(t, k8sops.Development, undoLine(t, l.ops, call, plan))
	require.True(t, proof.OK)
	_, err := autoscalers.Get(t.Context(), "payment-service-hpa", metav1.GetOptions{})
	require.True(t, apierrors.IsNotFound(err))
}
