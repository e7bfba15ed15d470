package rbac

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
)

// PodsOf is a regular expression for the names of the pods of a workload, NAME or KIND/NAME. RBAC can name a pod, but the names of a
// Deployment's pods are made up anew each time.
func PodsOf(workload string) string {
	kind, name, found := strings.Cut(workload, "/")
	if !found {
		kind, name = "", workload
	}
	const numbered, random = `[0-9]+`, `[a-z0-9]+-[a-z0-9]{5}`
	switch name = regexp.QuoteMeta(name); strings.ToLower(kind) {
	case "deployment":
		return name + "-" + random
	case "statefulset":
		return name + "-" + numbered
	}
	return name + "-(" + numbered + "|" + random + ")"
}

// policies say what RBAC cannot. They hold for whoever is in one of opsbot's groups, and for nobody else: admission sees the person whom the
// bot acts as, and never that it is the bot. Reads are not admitted, so no policy sees them.
func (g *generator) policies() error {
	if err := g.execPolicy(); err != nil {
		return err
	}
	g.accountPolicy()
	if err := g.restartPolicy(); err != nil {
		return err
	}
	if len(g.People) == 0 {
		return nil
	}
	people, err := json.Marshal(g.People)
	if err != nil {
		return fmt.Errorf("generate admission policies: %w", err)
	}
	g.policy(g.BotName+"-people", []admissionv1.OperationType{admissionv1.Create, admissionv1.Update, admissionv1.Delete, admissionv1.Connect}, admissionv1.Rule{
		APIGroups: []string{"*"}, APIVersions: []string{"*"}, Resources: []string{"*/*"},
	}, []admissionv1.Variable{{Name: "people", Expression: string(people)}}, admissionv1.Validation{
		Expression: fmt.Sprintf("request.userInfo.groups.all(g, !g.startsWith(%q) || "+
			"(g in variables.people && request.userInfo.username in variables.people[g]))", k8sops.GroupPrefix),
		MessageExpression: fmt.Sprintf(`request.userInfo.username + %q + request.userInfo.groups.join(", ")`, k8sops.PeoplePolicySays+": "),
	})
	return nil
}

// policy adds a policy for opsbot's groups and namespaces, and binds it.
func (g *generator) policy(name string, operations []admissionv1.OperationType, rule admissionv1.Rule, variables []admissionv1.Variable, validation admissionv1.Validation) {
	g.policyOn(name, operations, []admissionv1.Rule{rule}, variables, validation)
}

// policyOn is policy for resources of several API groups.
func (g *generator) policyOn(name string, operations []admissionv1.OperationType, on []admissionv1.Rule, variables []admissionv1.Variable, validation admissionv1.Validation) {
	fail, namespaced, forbidden := admissionv1.Fail, admissionv1.NamespacedScope, metav1.StatusReasonForbidden
	validation.Reason = &forbidden
	var rules []admissionv1.NamedRuleWithOperations
	for _, rule := range on {
		rule.Scope = &namespaced
		rules = append(rules, admissionv1.NamedRuleWithOperations{RuleWithOperations: admissionv1.RuleWithOperations{Operations: operations, Rule: rule}})
	}
	version := admissionv1.SchemeGroupVersion.String()
	g.objects = append(g.objects,
		&admissionv1.ValidatingAdmissionPolicy{
			TypeMeta:   metav1.TypeMeta{APIVersion: version, Kind: "ValidatingAdmissionPolicy"},
			ObjectMeta: metav1.ObjectMeta{Name: name, Labels: ourLabels()},
			Spec: admissionv1.ValidatingAdmissionPolicySpec{
				FailurePolicy: &fail,
				MatchConstraints: &admissionv1.MatchResources{
					ResourceRules: rules,
				},
				MatchConditions: []admissionv1.MatchCondition{{
					Name:       "opsbot",
					Expression: fmt.Sprintf("has(request.userInfo.groups) && request.userInfo.groups.exists(g, g.startsWith(%q))", k8sops.GroupPrefix),
				}},
				Variables: variables, Validations: []admissionv1.Validation{validation},
			},
		},
		&admissionv1.ValidatingAdmissionPolicyBinding{
			TypeMeta:   metav1.TypeMeta{APIVersion: version, Kind: "ValidatingAdmissionPolicyBinding"},
			ObjectMeta: metav1.ObjectMeta{Name: name, Labels: ourLabels()},
			Spec: admissionv1.ValidatingAdmissionPolicyBindingSpec{
				PolicyName: name, ValidationActions: []admissionv1.ValidationAction{admissionv1.Deny},
				MatchResources: &admissionv1.MatchResources{NamespaceSelector: &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{
					{Key: corev1.LabelMetadataName, Operator: metav1.LabelSelectorOpIn, Values: sortedSet(g.Namespaces)},
				}}},
			},
		})
}
