package k8sops

import (
	"context"
	"fmt"
	"slices"

	authenticationv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"opsbot/messages"
)

// Find is the operation of that name. An *Error of code not_found means that a newer or older opsbot had it.
func Find(ops []Operation, name string) (*Operation, error) {
	for i := range ops {
		if ops[i].Name == name {
			return &ops[i], nil
		}
	}
	return nil, &Error{Code: CodeNotFound, Message: messages.New("k8sops.parse.unknown_operation", "word", messages.Code(name))}
}

// Extra is what the API server's audit log is told beside the user: where in Slack a call came from.
func Extra(source Source, call string) map[string][]string {
	extra := map[string][]string{ExtraSlackUser: {source.User}, ExtraCall: {call}}
	if source.Channel != "" {
		extra[ExtraChannel] = []string{source.Channel}
	}
	if source.Incident != "" {
		extra[ExtraIncident] = []string{source.Incident}
	}
	return extra
}

// WorkloadNames are the deployments that the client may see, sorted, for choosing from.
func WorkloadNames(ctx context.Context, client *Client, namespace string) ([]string, error) {
	deployments, err := listDeployments(ctx, &Call{Client: client, Namespace: namespace}, labels.Everything())
	if err != nil {
		return nil, err
	}
	names := make([]string, len(deployments))
	for i, d := range deployments {
		names[i] = d.Name
	}
	return names, nil
}

// CheckArg checks one value against the declaration; the *Error of code invalid says what is wrong with it.
func CheckArg(op *Operation, name, value string) error {
	a, ok := op.arg(name)
	if !ok {
		return invalid(messages.New("k8sops.parse.unknown_flag", "flag", messages.Code("--"+name)))
	}
	if _, problem := a.parse(value); problem != nil {
		return invalid(problem.text)
	}
	return nil
}

// arg is the declared argument of that name.
func (op *Operation) arg(name string) (a Arg, ok bool) {
	at := slices.IndexFunc(op.Args, func(a Arg) bool { return a.Name == name })
	if at < 0 {
		return Arg{}, false
	}
	return op.Args[at], true
}

// CanActAs proves that the API server lets the bot act as the client's identity.
func CanActAs(ctx context.Context, client *Client) error {
	_, err := client.Kubernetes.AuthenticationV1().SelfSubjectReviews().Create(ctx, &authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{})
	if err != nil {
		return fmt.Errorf("impersonate: %w", err)
	}
	return nil
}

// OwnGroups are the Kubernetes groups that the generated RBAC knows by itself.
func OwnGroups() []string {
	groups := []string{ViewerGroup}
	for _, role := range ContactRoles() {
		groups = append(groups, role.Group())
	}
	return groups
}

// String is the kind as `opsbot operations` prints it.
func (k ArgKind) String() string {
	return [...]string{"workload", "integer", "duration", "string", "choice", "switch", "regexp"}[k]
}
