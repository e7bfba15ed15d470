package k8sops

import (
	"context"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"
	authorizationv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/messages"
)

// reviewsAtOnce bounds how many access reviews one call asks for at the same time.
const reviewsAtOnce = 16

// Preflight asks the API server whether the client's identity may run an operation. The refusal is an *Error of code forbidden that names what is
// missing and which roles have it.
func Preflight(ctx context.Context, client *Client, namespace string, op Operation) error {
	if err := Require(ctx, client, namespace, op.Access, op.Owners); err != nil {
		return err
	}
	if l := client.limit(op); l != nil {
		return refusal(l.Access, namespace, op.Owners)
	}
	return nil
}

// limit is what an access review cannot tell: that a policy refuses the client's identity what RBAC allows.
func (c *Client) limit(op Operation) *Limit {
	if c.Config == nil {
		return nil
	}
	has := func(groups []string) bool {
		return slices.ContainsFunc(c.Config.Impersonate.Groups, func(g string) bool { return slices.Contains(groups, g) })
	}
	for i, l := range op.Limits {
		if has(l.Held) && !has(l.Free) {
			return &op.Limits[i]
		}
	}
	return nil
}

// Require asks the API server whether the client's identity has every access that is not optional, all at once. The
// refusal is an *Error of code forbidden that names what is missing and which of the owners' roles have it.
func Require(ctx context.Context, client *Client, namespace string, access []Access, owners []Role) error {
	var required []Access
	for _, a := range access {
		if !a.Optional {
			required = append(required, a)
		}
	}
	allowed, err := review(ctx, client, namespace, required)
	if err != nil {
		return err
	}
	for _, a := range required {
		if !allowed[a] {
			return refusal(a, namespace, owners)
		}
	}
	return nil
}

func refusal(a Access, namespace string, owners []Role) *Error {
	e := &Error{
		Code: CodeForbidden,
		Message: messages.New("k8sops.access.denied", "verb", messages.Code(a.Verb), "resource", messages.Code(a.ResourceName()),
			"namespace", messages.Code(namespace)),
		Hint: messages.New("k8sops.access.roles", "roles", RoleNames(owners)),
	}
	if a.ClusterWide {
		e.Message = messages.New("k8sops.access.denied_cluster", "verb", messages.Code(a.Verb), "resource", messages.Code(a.ResourceName()))
	}
	return e
}

// ResourceName is the resource as kubectl auth can-i writes it: "deployments.apps/scale".
func (a Access) ResourceName() string {
	name := a.Resource
	if a.Group != "" {
		name += "." + a.Group
	}
	if a.Subresource != "" {
		name += "/" + a.Subresource
	}
	return name
}

// review asks for every access once, and answers by access with Optional as given.
func review(ctx context.Context, client *Client, namespace string, access []Access) (map[Access]bool, error) {
	answers := make([]bool, len(access))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(reviewsAtOnce)
	for i, a := range access {
		group.Go(func() (err error) {
			answers[i], err = allowed(ctx, client, namespace, a)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	result := make(map[Access]bool, len(access))
	for i, a := range access {
		result[a] = answers[i]
	}
	return result, nil
}

func allowed(ctx context.Context, client *Client, namespace string, a Access) (bool, error) {
	attributes := &authorizationv1.ResourceAttributes{
		Namespace: namespace, Verb: a.Verb, Group: a.Group, Resource: a.Resource, Subresource: a.Subresource, Name: a.Name,
	}
	if a.ClusterWide {
		attributes.Namespace = ""
	}
	answer, err := client.Kubernetes.AuthorizationV1().SelfSubjectAccessReviews().Create(ctx,
		&authorizationv1.SelfSubjectAccessReview{Spec: authorizationv1.SelfSubjectAccessReviewSpec{ResourceAttributes: attributes}},
		metav1.CreateOptions{})
	if err != nil {
		return false, Explain(fmt.Sprintf("review access to %s %s", a.Verb, a.ResourceName()), err)
	}
	return answer.Status.Allowed, nil
}

// MayRun reports which operations the client's identity may run, with one review for every distinct access.
func MayRun(ctx context.Context, client *Client, namespace string, ops []Operation) (map[string]bool, error) {
	var distinct []Access
	for _, op := range ops {
		for _, a := range op.Access {
			if !a.Optional && !slices.Contains(distinct, a) {
				distinct = append(distinct, a)
			}
		}
	}
	answers, err := review(ctx, client, namespace, distinct)
	if err != nil {
		return nil, err
	}
	may := make(map[string]bool, len(ops))
	for _, op := range ops {
		missing := slices.ContainsFunc(op.Access, func(a Access) bool { return !a.Optional && !answers[a] })
		may[op.Name] = !missing && client.limit(op) == nil
	}
	return may, nil
}
