// Package rbac makes Kubernetes' roles of what the operations ask for.
package rbac

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"opsbot/k8sops"

	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"
)

// Options say for whom and where the rights are generated.
type Options struct {
	// Namespaces that people work in.
	Namespaces []string
	// BotNamespace and BotName are the bot's service account.
	BotNamespace, BotName string
	// Users are the Kubernetes user names that the bot may impersonate; Groups are groups beside opsbot's own.
	Users, Groups []string
	// Constrained uses constrained impersonation (Kubernetes 1.36): the bot may impersonate for the verbs and resources of
	// the catalogue only.
	Constrained bool
	// Kinds are resources that no operation knows, RESOURCE.GROUP, on which the bot may act for people who may: it reads and scales them. Only
	// constrained impersonation asks for them.
	Kinds []string
	// ExecPods are regular expressions for the names of the pods that people may run programs in; without any, RBAC alone decides.
	ExecPods []string
	// People are the users of each of opsbot's own groups; without any, user and group may be combined freely.
	People map[string][]string
}

// Objects is everything Kubernetes has to know about opsbot: the bot's account, which may only impersonate, a role for
// every contact role with exactly the access of its operations, the viewers' role, and admission policies for what RBAC cannot say. The order is stable.
func Objects(ops []k8sops.Operation, o Options) ([]runtime.Object, error) {
	if err := o.validate(); err != nil {
		return nil, err
	}
	g := generator{Options: o, ops: ops}
	g.bot()
	g.grant(k8sops.Everyone)
	for _, role := range k8sops.ContactRoles() {
		g.grant(role)
	}
	if err := g.policies(); err != nil {
		return nil, err
	}
	return g.objects, nil
}

// RBACYAML is RBAC as one YAML stream for kubectl apply.
func RBACYAML(ops []k8sops.Operation, o Options) ([]byte, error) {
	objects, err := Objects(ops, o)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	for _, object := range objects {
		data, err := yaml.Marshal(object)
		if err != nil {
			return nil, fmt.Errorf("generate RBAC: %w", err)
		}
		out.WriteString("---\n")
		out.Write(data)
	}
	return out.Bytes(), nil
}

func (o Options) validate() error {
	var problems []error
	if len(o.Namespaces) == 0 {
		problems = append(problems, errors.New("no namespace"))
	}
	if o.BotNamespace == "" || o.BotName == "" {
		problems = append(problems, errors.New("no service account for the bot"))
	}
	// A rule without resourceNames would let the bot be anybody, cluster administrators included.
	if len(o.Users) == 0 || slices.Contains(o.Users, "") || slices.Contains(o.Groups, "") {
		problems = append(problems, errors.New("the users that the bot may impersonate must be named"))
	}
	problems = append(problems, o.validateNames()...)
	for _, name := range slices.Concat(o.Users, o.Groups) {
		if strings.HasPrefix(name, "system:") {
			problems = append(problems, fmt.Errorf("the bot may not impersonate %s", name))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return fmt.Errorf("generate RBAC: %w", err)
	}
	return nil
}

func (o Options) validateNames() []error {
	var problems []error
	for _, kind := range o.Kinds {
		if resource, group, _ := strings.Cut(kind, "."); resource == "" || group == "" || strings.ContainsAny(kind, "*/ ") {
			problems = append(problems, fmt.Errorf("%q is no resource: write RESOURCE.GROUP", kind))
		}
	}
	for _, pods := range o.ExecPods {
		if _, err := regexp.Compile(pods); err != nil {
			problems = append(problems, err)
		}
	}
	return problems
}

type generator struct {
	Options
	ops     []k8sops.Operation
	objects []runtime.Object
}
