package secrets

import (
	"cmp"
	"context"
	"crypto/rand"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
	"opsbot/messages"
)

// A rotation keeps the old and the new value in a Secret of its own before it changes anything: wherever it is stopped, both are still
// there, and the old one is what undo puts back.
const (
	keptOf   = "opsbot.io/kept-of"   // label: the Secret
	keptKey  = "opsbot.io/kept-key"  // annotation: its key
	keptRole = "opsbot.io/kept-role" // annotation: the database role, "" for none
	previous = "previous"            // key of the old value
	next     = "next"                // key of the new one
	// keptVersions is how many rotations of one key can be undone.
	keptVersions = 3
	managedBy    = "app.kubernetes.io/managed-by"
)

func isKept(s *corev1.Secret) bool { return s.Labels[keptOf] != "" }

// versionOf names a rotation in a command line.
func versionOf(call *k8sops.Call) string { return call.ID[:min(8, len(call.ID))] }

// keptName is the Secret that keeps a version: at most 253 characters long.
func keptName(secret, version string) string {
	tail := "-opsbot-" + version
	return secret[:min(len(secret), 253-len(tail))] + tail
}

// label is a Secret's name as the value of a label, which holds 63 characters.
func label(secret string) string { return strings.TrimRight(secret[:min(len(secret), 63)], "-.") }

// keep stores both values, unless an earlier try of the same call has done so.
func keep(ctx context.Context, call *k8sops.Call, state *rotateState, oldValue, newValue string) error {
	_, err := call.Client.Kubernetes.CoreV1().Secrets(call.Namespace).Create(ctx, &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{
			Name: state.Kept, Labels: map[string]string{keptOf: label(state.Secret), managedBy: "opsbot"},
			Annotations: map[string]string{keptKey: state.Key, keptRole: state.Role},
		},
		Data: map[string][]byte{previous: []byte(oldValue), next: []byte(newValue)},
	}, metav1.CreateOptions{FieldManager: call.FieldManager()})
	if apierrors.IsAlreadyExists(err) {
		return nil
	}
	return k8sops.Explain("keep the old value of "+state.Secret, k8sops.WithoutValues(err, oldValue, newValue))
}

// kept is the Secret of a version.
func kept(ctx context.Context, call *k8sops.Call, name string) (*corev1.Secret, error) {
	s, err := call.Client.Kubernetes.CoreV1().Secrets(call.Namespace).Get(ctx, name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) || err == nil && !isKept(s) {
		return nil, &k8sops.Error{Code: k8sops.CodeNotFound, Message: messages.New("k8sops.secret.no_version", "secret", messages.Code(name))}
	}
	return s, k8sops.Explain("get "+name, err)
}

// forget removes the oldest versions of a key.
func forget(ctx context.Context, call *k8sops.Call, state *rotateState) error {
	secrets := call.Client.Kubernetes.CoreV1().Secrets(call.Namespace)
	all, err := secrets.List(ctx, metav1.ListOptions{LabelSelector: keptOf + "=" + label(state.Secret)})
	if err != nil {
		return k8sops.Explain("list versions of "+state.Secret, err)
	}
	others := slices.DeleteFunc(all.Items, func(s corev1.Secret) bool { return s.Annotations[keptKey] != state.Key || s.Name == state.Kept })
	slices.SortFunc(others, newestFirst)
	for _, old := range others[min(keptVersions-1, len(others)):] {
		if err := secrets.Delete(ctx, old.Name, metav1.DeleteOptions{}); err != nil && !apierrors.IsNotFound(err) {
			return k8sops.Explain("remove "+old.Name, err)
		}
	}
	return nil
}

func newestFirst(a, b corev1.Secret) int {
	return cmp.Or(b.CreationTimestamp.Compare(a.CreationTimestamp.Time), strings.Compare(a.Name, b.Name))
}

// generated is a new password: 26 letters and digits, 130 random bits, that need no quoting anywhere.
func generated() string { return rand.Text() }
