package access

import (
	"context"
	"strings"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"opsbot/k8sops"
	"opsbot/messages"
)

// What is the same of every account that may only read.
const (
	viewRole = "view"
	// madeFor marks what opsbot made, so that it never touches what others did.
	madeFor   = "opsbot.io/made-for"
	readOnly  = "read-only"
	managedBy = "app.kubernetes.io/managed-by"
	maxName   = 50
)

// accountName is the service account for a name, with or without the prefix that all of them have.
func accountName(typed string) (string, error) {
	name := k8sops.ReadonlyPrefix + strings.TrimPrefix(typed, k8sops.ReadonlyPrefix)
	if len(typed) > maxName || len(validation.IsDNS1123Label(name)) > 0 || name == k8sops.ReadonlyPrefix {
		return "", &k8sops.Error{Code: k8sops.CodeInvalid, Message: messages.New("k8sops.readonly.bad_name", "name", messages.Code(typed)), Hint: messages.New("k8sops.readonly.name_hint", "max", maxName)}
	}
	return name, nil
}

func isOurs(o metav1.Object) bool { return o.GetLabels()[madeFor] == readOnly }

// findAccount is the service account of that name, nil where there is none.
func findAccount(ctx context.Context, call *k8sops.Call, name string) (*corev1.ServiceAccount, error) {
	account, err := call.Client.Kubernetes.CoreV1().ServiceAccounts(call.Namespace).Get(ctx, name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, k8sops.Explain("get service account "+name, err)
	}
	return account, nil
}

// findBinding is the role binding of that name, nil where there is none.
func findBinding(ctx context.Context, call *k8sops.Call, name string) (*rbacv1.RoleBinding, error) {
	binding, err := call.Client.Kubernetes.RbacV1().RoleBindings(call.Namespace).Get(ctx, name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, k8sops.Explain("get role binding "+name, err)
	}
	return binding, nil
}

func metaOf(call *k8sops.Call, name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{
		Name: name, Namespace: call.Namespace, Labels: map[string]string{madeFor: readOnly, managedBy: "opsbot"},
		Annotations: map[string]string{"opsbot.io/made-by": call.Identity.User},
	}
}

func createAccount(ctx context.Context, call *k8sops.Call, name string, dryRun ...string) error {
	_, err := call.Client.Kubernetes.CoreV1().ServiceAccounts(call.Namespace).Create(ctx, &corev1.ServiceAccount{ObjectMeta: metaOf(call, name)},
		metav1.CreateOptions{DryRun: dryRun, FieldManager: call.FieldManager()})
	return err
}

func createBinding(ctx context.Context, call *k8sops.Call, name string, dryRun ...string) error {
	_, err := call.Client.Kubernetes.RbacV1().RoleBindings(call.Namespace).Create(ctx, &rbacv1.RoleBinding{
		ObjectMeta: metaOf(call, name),
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: viewRole},
		Subjects:   []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Name: name, Namespace: call.Namespace}},
	}, metav1.CreateOptions{DryRun: dryRun, FieldManager: call.FieldManager()})
	return err
}

// bindsView reports whether the binding gives the account the right to look, and nobody anything else.
func bindsView(b *rbacv1.RoleBinding, account string) bool {
	return b != nil && b.RoleRef.Kind == "ClusterRole" && b.RoleRef.Name == viewRole && len(b.Subjects) == 1 &&
		subjectOf(b.Subjects[0], b.Namespace) == subject{rbacv1.ServiceAccountKind, b.Namespace, account}
}
