package rbac

import (
	"fmt"
	"slices"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"

	"opsbot/k8sops"
)

// accountPolicy says which service accounts opsbot's roles may make, remove, and have tokens for: RBAC cannot say how the name of a new object begins,
// and a token for any other account would be worth that account's rights.
func (g *generator) accountPolicy() {
	makesTokens := func(op k8sops.Operation) bool {
		return slices.ContainsFunc(op.Access, func(a k8sops.Access) bool { return a.Resource == "serviceaccounts" && a.Subresource == "token" })
	}
	if !slices.ContainsFunc(g.ops, makesTokens) {
		return
	}
	rules := []admissionv1.Rule{
		{APIGroups: []string{corev1.GroupName}, APIVersions: []string{"v1"}, Resources: []string{"serviceaccounts", "serviceaccounts/token"}},
		{APIGroups: []string{rbacv1.GroupName}, APIVersions: []string{"v1"}, Resources: []string{"rolebindings"}},
	}
	g.policyOn(g.BotName+"-accounts", []admissionv1.OperationType{admissionv1.Create, admissionv1.Update, admissionv1.Delete}, rules, nil, admissionv1.Validation{
		Expression: fmt.Sprintf("request.name.startsWith(%q) && (request.resource.resource != 'rolebindings' || request.operation == 'DELETE' || "+
			"(object.roleRef.kind == 'ClusterRole' && object.roleRef.name == 'view' && has(object.subjects) && "+
			"object.subjects.all(s, s.kind == 'ServiceAccount' && s.name == request.name)))", k8sops.ReadonlyPrefix),
		MessageExpression: fmt.Sprintf(`%q + request.name + %q`, "opsbot's roles make and remove read-only accounts only, and ", k8sops.ExecPolicyEnds),
	})
}
