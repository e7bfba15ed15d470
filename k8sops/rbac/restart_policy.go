package rbac

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/templatediff"
)

// restartPolicy holds roles that restart workloads, and change nothing else about them, to that. RBAC has one right for both. Workloads that a role
// may change by their name are left to it.
func (g *generator) restartPolicy() error {
	held, free := holders(accessByRole(g.ops), k8sops.Access{Verb: "patch", Group: appsv1.GroupName, Resource: "deployments"})
	if len(held) == 0 {
		return nil
	}
	named := map[string][]string{}
	for _, role := range k8sops.ContactRoles() {
		if !slices.Contains(held, role.Group()) {
			continue
		}
		named[role.Group()] = []string{}
		for _, a := range AccessOf(g.ops, role) {
			if a.Group == appsv1.GroupName && a.Verb == "patch" && a.Subresource == "" && a.Name != "" {
				named[role.Group()] = append(named[role.Group()], a.Resource+"/"+a.Name)
			}
		}
		named[role.Group()] = sortedSet(named[role.Group()])
	}
	whose, err := json.Marshal(named)
	if err != nil {
		return fmt.Errorf("generate admission policies: %w", err)
	}
	others, err := json.Marshal(free)
	if err != nil {
		return fmt.Errorf("generate admission policies: %w", err)
	}
	variables := []admissionv1.Variable{
		{Name: "named", Expression: string(whose)},
		{Name: "free", Expression: fmt.Sprintf("request.userInfo.groups.exists(g, g in %s) || !request.userInfo.groups.exists(g, g in variables.named) || "+
			"request.userInfo.groups.exists(g, g in variables.named && (request.resource.resource + '/' + request.name) in variables.named[g])", others)},
		{Name: "spec", Expression: "dyn(object.spec)"}, {Name: "oldSpec", Expression: "dyn(oldObject.spec)"},
		{Name: "is", Expression: "object.metadata.?annotations.orValue({})"}, {Name: "was", Expression: "oldObject.metadata.?annotations.orValue({})"},
		{Name: "templateIs", Expression: "object.spec.template.metadata.?annotations.orValue({})"},
		{Name: "templateWas", Expression: "oldObject.spec.template.metadata.?annotations.orValue({})"},
	}
	// Whatever is not named is the same: owners too, as the garbage collector removes what has lost them.
	same := []string{
		"variables.spec.all(k, k == 'template' || (k in variables.oldSpec && variables.spec[k] == variables.oldSpec[k]))", "variables.oldSpec.all(k, k in variables.spec)",
		"object.spec.template.spec == oldObject.spec.template.spec", "object.spec.template.metadata.?labels == oldObject.spec.template.metadata.?labels",
		"object.metadata.?labels == oldObject.metadata.?labels", "object.metadata.?ownerReferences == oldObject.metadata.?ownerReferences",
		"object.metadata.?finalizers == oldObject.metadata.?finalizers",
		sameBut("is", "was", kube.ChangeCause), sameBut("templateIs", "templateWas", templatediff.RestartedAt),
	}
	g.policyOn(g.BotName+"-restart", []admissionv1.OperationType{admissionv1.Update}, []admissionv1.Rule{{
		APIGroups: []string{appsv1.GroupName}, APIVersions: []string{"v1"}, Resources: []string{"deployments", "statefulsets", "daemonsets"},
	}}, variables, admissionv1.Validation{
		Expression:        "variables.free || (" + strings.Join(same, " && ") + ")",
		MessageExpression: fmt.Sprintf("%q + request.name + %q", k8sops.RestartPolicySays, k8sops.RestartPolicyEnds),
	})
	return nil
}

// sameBut is the condition that a variable is the map of strings that another one is, but for one key.
func sameBut(is, was, key string) string {
	return fmt.Sprintf("variables.%[1]s.all(k, k == %[3]q || (k in variables.%[2]s && variables.%[1]s[k] == variables.%[2]s[k])) && "+
		"variables.%[2]s.all(k, k == %[3]q || k in variables.%[1]s)", is, was, key)
}
