package secrets

import (
	"context"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
	"opsbot/messages"
)

// list are the Secrets that people keep things in, sorted by name.
func list(ctx context.Context, call *k8sops.Call) ([]corev1.Secret, error) {
	all, err := call.Client.Kubernetes.CoreV1().Secrets(call.Namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, k8sops.Explain("list secrets", err)
	}
	return slices.DeleteFunc(all.Items, func(s corev1.Secret) bool {
		return s.Type == corev1.SecretTypeServiceAccountToken || strings.HasPrefix(string(s.Type), "helm.sh/") || isKept(&s)
	}), nil
}

// find is the Secret of that name among all.
func find(call *k8sops.Call, all []corev1.Secret, name string) (*corev1.Secret, error) {
	names := make([]string, len(all))
	for i := range all {
		if names[i] = all[i].Name; names[i] == name {
			return &all[i], nil
		}
	}
	e := &k8sops.Error{
		Code:    k8sops.CodeNotFound,
		Message: messages.New("k8sops.secret.unknown", "secret", messages.Code(name), "namespace", messages.Code(call.Namespace)),
		Hint:    messages.New("k8sops.secret.there_are", "names", messages.Clip(strings.Join(names, ", "), 500)),
	}
	return nil, e
}

// valueOf is the value of a key, which must be there.
func valueOf(s *corev1.Secret, key string) (string, error) {
	if value := s.Data[key]; len(value) > 0 {
		return string(value), nil
	}
	return "", &k8sops.Error{
		Code:    k8sops.CodeNotFound,
		Message: messages.New("k8sops.secret.unknown_key", "secret", messages.Code(s.Name), "key", messages.Code(key)),
		Hint:    messages.New("k8sops.secret.there_are_keys", "keys", messages.Clip(strings.Join(keysOf(s), ", "), 500)),
	}
}

func keysOf(s *corev1.Secret) []string { return slices.Sorted(maps.Keys(s.Data)) }

// offerNames and offerKeys are what a form lists.
func offerNames(ctx context.Context, call *k8sops.Call) ([]k8sops.Choice, error) {
	all, err := list(ctx, call)
	choices := make([]k8sops.Choice, len(all))
	for i := range all {
		choices[i].Value = all[i].Name
	}
	return choices, err
}

func offerKeys(ctx context.Context, call *k8sops.Call) ([]k8sops.Choice, error) {
	all, err := list(ctx, call)
	if err != nil {
		return nil, err
	}
	s, err := find(call, all, call.Args["name"])
	if err != nil {
		return nil, err
	}
	return k8sops.Choices(keysOf(s)...), nil
}

// mayChange refuses what would be lost or cannot be changed.
func mayChange(s *corev1.Secret) error {
	name := messages.Code(s.Name)
	if s.Immutable != nil && *s.Immutable {
		return k8sops.Invalid(messages.New("k8sops.secret.immutable", "secret", name))
	}
	if owner := metav1.GetControllerOfNoCopy(s); owner != nil {
		return k8sops.Invalid(messages.New("k8sops.secret.owned", "secret", name, "owner", messages.Code(owner.Kind+"/"+owner.Name)))
	}
	return nil
}

// offerVersions lists the earlier rotations of the Secret, the newest first.
func offerVersions(ctx context.Context, call *k8sops.Call) ([]k8sops.Choice, error) {
	name := call.Args["name"]
	all, err := call.Client.Kubernetes.CoreV1().Secrets(call.Namespace).List(ctx, metav1.ListOptions{LabelSelector: keptOf + "=" + label(name)})
	if err != nil {
		return nil, k8sops.Explain("list versions of "+name, err)
	}
	slices.SortFunc(all.Items, newestFirst)
	choices := make([]k8sops.Choice, len(all.Items))
	for i, s := range all.Items {
		choices[i] = k8sops.Choice{Value: s.Name[strings.LastIndex(s.Name, "-")+1:], Label: messages.New("k8sops.secret.version",
			"key", s.Annotations[keptKey], "age", messages.Age(call.Now, s.CreationTimestamp.Time))}
	}
	return choices, nil
}
