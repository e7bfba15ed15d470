package security

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	clienttesting "k8s.io/client-go/testing"

	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/messages"
)

// memory keeps one record.
type memory struct{ record Record }

func (m *memory) SecurityRecord(context.Context, string, string) (Record, error) {
	return m.record, nil
}

func (m *memory) UpdateSecurityRecord(_ context.Context, _, _ string, change func(*Record) error) error {
	return change(&m.record)
}

func deps(m Memory) Deps {
	return Deps{Platform: optest.TestPlatform(), Memory: m, ScanJob: "image-scan"}
}

func policyFor(app string) *networkingv1.NetworkPolicy {
	p := &networkingv1.NetworkPolicy{ObjectMeta: metav1.ObjectMeta{Name: app, Namespace: optest.TestNamespace}}
	p.Spec.PodSelector.MatchLabels = map[string]string{"app": app}
	return p
}

// restricted keeps the strictest standard.
func restricted(d *appsv1.Deployment) {
	no, yes := false, true
	d.Spec.Template.Spec.Containers[0].SecurityContext = &corev1.SecurityContext{
		AllowPrivilegeEscalation: &no, RunAsNonRoot: &yes, Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
		SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
	}
}

func privileged(d *appsv1.Deployment) {
	yes := true
	d.Spec.Template.Spec.Containers[0].SecurityContext = &corev1.SecurityContext{Privileged: &yes}
	d.Spec.Template.Spec.Containers[0].Image = "agent:latest"
	d.Spec.Template.Spec.Volumes = []corev1.Volume{{Name: "host", VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/"}}}}
}

func role(kind, name string, rules ...rbacv1.PolicyRule) runtime.Object {
	if kind == clusterRole {
		return &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: name}, Rules: rules}
	}
	return &rbacv1.Role{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: optest.TestNamespace}, Rules: rules}
}

func bound(wide bool, name, kind, to string, subjects ...rbacv1.Subject) runtime.Object {
	ref := rbacv1.RoleRef{Kind: kind, Name: to}
	if wide {
		return &rbacv1.ClusterRoleBinding{ObjectMeta: metav1.ObjectMeta{Name: name}, RoleRef: ref, Subjects: subjects}
	}
	return &rbacv1.RoleBinding{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: optest.TestNamespace}, RoleRef: ref, Subjects: subjects}
}

func rule(groups, resources, verbs string) rbacv1.PolicyRule {
	return rbacv1.PolicyRule{APIGroups: strings.Split(groups, " "), Resources: strings.Split(resources, " "), Verbs: strings.Split(verbs, " ")}
}

// risky is a namespace with one of everything, and what Kubernetes itself brings.
func risky() []runtime.Object {
	user := func(name string) rbacv1.Subject { return rbacv1.Subject{Kind: rbacv1.UserKind, Name: name} }
	group := func(name string) rbacv1.Subject { return rbacv1.Subject{Kind: rbacv1.GroupKind, Name: name} }
	account := func(namespace, name string) rbacv1.Subject {
		return rbacv1.Subject{Kind: rbacv1.ServiceAccountKind, Namespace: namespace, Name: name}
	}
	return []runtime.Object{
		optest.Deployment("user-service", 2, restricted), policyFor("user-service"), optest.Deployment("order-service", 2), policyFor("order-service"),
		optest.Deployment("agent", 1, privileged),
		role(clusterRole, "cluster-admin", rule("*", "*", "*")), role(clusterRole, "reader", rule("", "secrets configmaps", "get list")),
		role(clusterRole, "system:discovery", rule("", "x", "get")), role(clusterRole, "view", rule("", "pods", "get")),
		role(roleOfOne, "widely", rule("apps", "*", "get")), role(roleOfOne, "all-here", rule("*", "*", "*")),
		role(roleOfOne, "named", rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{"secrets"}, ResourceNames: []string{"one"}, Verbs: []string{"get"}}),
		bound(true, "cluster-admin", clusterRole, "cluster-admin", group("system:masters"), account("kube-system", "generic-garbage-collector"), user("temp@company.com")),
		bound(true, "discovery", clusterRole, "system:discovery", group("system:authenticated")),
		bound(true, "read-all", clusterRole, "reader", group("system:authenticated")),
		bound(true, "look", clusterRole, "view", group("system:serviceaccounts"), account("elsewhere", "default")),
		bound(false, "lazy", clusterRole, "view", account("", "default"), user("a@company.com")),
		bound(false, "wide", roleOfOne, "widely", account(optest.TestNamespace, "builder")),
		bound(false, "here", roleOfOne, "all-here", user("b@company.com")),
		bound(false, "one", roleOfOne, "named", user("c@company.com")),
	}
}

func answer(t *testing.T, d Deps, line string, at time.Time, objects ...runtime.Object) (*k8sops.Result, error) {
	t.Helper()
	call, _ := optest.NewCall(t, Operations(d), line, objects...)
	call.Now = at
	return call.Operation.Answer(t.Context(), call, &optest.RecordedProgress{})
}

func TestSecurity(t *testing.T) {
	m := &memory{}
	result, err := answer(t, deps(m), "security", optest.TestNow(), risky()...)
	require.NoError(t, err)
	require.Equal(t, []string{"run image-scan"}, result.Suggest)
	optest.Golden(t, "security", func(p *messages.Printer) string { return optest.ShowCard(p, result.Card) })
}

// headings are the paragraphs of a card with how many findings follow each.
func headings(c messages.Card) string {
	var lines []string
	count := 0
	flush := func() {
		if len(lines) > 0 {
			lines[len(lines)-1] += fmt.Sprint(" ", count)
		}
		count = 0
	}
	for _, s := range c.Sections {
		switch {
		case s.Text != nil:
			flush()
			lines = append(lines, strings.TrimPrefix(s.Text.ID, "k8sops.security."))
		case s.Finding != nil:
			count++
		}
	}
	flush()
	return strings.Join(lines, ", ")
}

// What somebody has seen for longer than a day comes behind what is new, and what was mended is new when it comes back.
func TestNewFindingsComeFirst(t *testing.T) {
	m := &memory{}
	quiet := []runtime.Object{optest.Deployment("user-service", 2, restricted)}
	noisy := append(quiet, optest.Deployment("agent", 1, privileged))
	look := func(after time.Duration, objects ...runtime.Object) string {
		result, err := answer(t, deps(m), "security", optest.TestNow().Add(after), objects...)
		require.NoError(t, err)
		return headings(result.Card)
	}
	require.Equal(t, "first_look 1", look(0, quiet...))
	require.Equal(t, "new 1", look(time.Minute, quiet...), "a minute later it is as new to the next person")
	require.Equal(t, "new 3, known 1", look(48*time.Hour, noisy...))
	require.Equal(t, "known 1", look(96*time.Hour, quiet...))
	require.Equal(t, "new 3, known 1", look(97*time.Hour, noisy...))

	_, err := answer(t, deps(m), "security agent", optest.TestNow().Add(98*time.Hour), noisy...)
	require.NoError(t, err)
	require.Len(t, m.record.Since, 4, "a look at one service forgets nothing of the others")
}

func TestAnExceptionHasAReasonAPersonAndAnEnd(t *testing.T) {
	m := &memory{}
	agent := optest.Deployment("agent", 1, restricted)
	_, err := answer(t, deps(m), "security", optest.TestNow(), agent)
	require.NoError(t, err)
	require.Len(t, m.record.Since, 1)
	id := ""
	for id = range m.record.Since {
	}
	except := func(line string) error {
		_, err := answer(t, deps(m), line, optest.TestNow())
		return err
	}
	require.Equal(t, "k8sops.security.except.unknown", optest.MessageID(t, except(`security except policy-00000000 --reason x --until "in 2h"`)))
	require.Equal(t, "runs.time.far", optest.MessageID(t, except("security except "+id+` --reason x --until "in 9000h"`)))
	require.Equal(t, k8sops.CodeInvalid, k8sops.CodeOf(except("security except "+id+` --reason x --until "yesterday"`)))
	require.NoError(t, except("security except "+id+` --reason "has a firewall of its own" --until "in 72h"`))

	result, err := answer(t, deps(m), "security", optest.TestNow().Add(time.Hour), agent)
	require.NoError(t, err)
	require.Equal(t, messages.ToneGood, result.Card.Tone)
	require.Empty(t, headings(result.Card))
	require.Equal(t, "k8sops.security.exception", result.Card.Footer[0].ID)
	require.Equal(t, "zhaoliu@company.com", result.Card.Footer[0].Args["by"].S)

	result, err = answer(t, deps(m), "security", optest.TestNow().Add(73*time.Hour), agent)
	require.NoError(t, err)
	require.Equal(t, "known 1", headings(result.Card))
	require.Equal(t, "k8sops.security.exception_over", result.Card.Sections[1].Finding.Text.ID)
	_, err = answer(t, deps(m), "security", optest.TestNow().Add(60*24*time.Hour), agent)
	require.NoError(t, err)
	require.Empty(t, m.record.Exceptions, "in the end it is forgotten")
}

// What could not be looked at is said, and is no good news.
func TestWhoMayNotSeeClusterRoles(t *testing.T) {
	m := &memory{}
	_, err := answer(t, deps(m), "security", optest.TestNow(), risky()...)
	require.NoError(t, err)
	before := len(m.record.Since)
	call, client := optest.NewCall(t, Operations(deps(m)), "security", risky()...)
	client.PrependReactor("list", "clusterroles", func(clienttesting.Action) (bool, runtime.Object, error) {
		return true, nil, apierrors.NewForbidden(schema.GroupResource{Resource: "clusterroles"}, "", nil)
	})
	result, err := call.Operation.Answer(t.Context(), call, &optest.RecordedProgress{})
	require.NoError(t, err)
	require.Equal(t, "k8sops.security.no_cluster_roles", result.Card.Footer[len(result.Card.Footer)-1].ID)
	require.Len(t, m.record.Since, before)
}
