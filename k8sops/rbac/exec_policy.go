package rbac

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"

	"opsbot/k8sops"
)

// execPolicy says where which programs may be run. Those whose operations run programs of their own do so in the pods of the database and of the
// cache. In every other pod, and for everybody else, there is one program only: the network test.
func (g *generator) execPolicy() error {
	free := g.execGroups(false)
	probing := g.execGroups(true)
	if len(g.ExecPods) == 0 && len(probing) == 0 {
		return nil
	}
	groups, err := json.Marshal(free)
	if err != nil {
		return fmt.Errorf("generate admission policies: %w", err)
	}
	expression := fmt.Sprintf("request.userInfo.groups.exists(g, g in %s)", groups)
	message := fmt.Sprintf(`%q + request.name + %q`, k8sops.NetTestPolicySays, k8sops.ExecPolicyEnds)
	if len(g.ExecPods) > 0 {
		pods, err := json.Marshal(fmt.Sprintf("^(%s)$", strings.Join(g.ExecPods, "|")))
		if err != nil {
			return fmt.Errorf("generate admission policies: %w", err)
		}
		expression += fmt.Sprintf(" && request.name.matches(%s)", pods)
		message = fmt.Sprintf(`(request.name.matches(%s) ? %q : %q) + request.name + %q`, pods, k8sops.NetTestPolicySays, k8sops.ExecPolicySays, k8sops.ExecPolicyEnds)
	}
	if len(probing) > 0 {
		probe, err := isNetProbe()
		if err != nil {
			return err
		}
		expression += " || " + probe
	}
	g.policy(g.BotName+"-exec", []admissionv1.OperationType{admissionv1.Connect}, admissionv1.Rule{
		APIGroups: []string{""}, APIVersions: []string{"v1"}, Resources: []string{"pods/exec"},
	}, nil, admissionv1.Validation{Expression: expression, MessageExpression: message})
	return nil
}

// isNetProbe is the condition that the command is the network test, word by word.
func isNetProbe() (string, error) {
	words, args := k8sops.NetProbeForm()
	conditions := []string{fmt.Sprintf("object.command.size() == %d", len(words)+len(args))}
	for i, word := range words {
		quoted, err := json.Marshal(word)
		if err != nil {
			return "", fmt.Errorf("generate admission policies: %w", err)
		}
		conditions = append(conditions, fmt.Sprintf("object.command[%d] == %s", i, quoted))
	}
	for i, form := range args {
		quoted, err := json.Marshal(form)
		if err != nil {
			return "", fmt.Errorf("generate admission policies: %w", err)
		}
		conditions = append(conditions, fmt.Sprintf("object.command[%d].matches(%s)", len(words)+i, quoted))
	}
	return "(" + strings.Join(conditions, " && ") + ")", nil
}

// execGroups are the groups of the roles that run programs in pods: the network test, or others.
func (g *generator) execGroups(probe bool) []string {
	var groups []string
	for _, role := range k8sops.ContactRoles() {
		runs := func(a k8sops.Access) bool {
			return a.Resource == "pods" && a.Subresource == "exec" && a.Probe == probe
		}
		if slices.ContainsFunc(AccessOf(g.ops, role), runs) {
			groups = append(groups, role.Group())
		}
	}
	return groups
}
