package access

import (
	"context"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"opsbot/k8sops"
	"opsbot/messages"
)

// longestShown is how long a token may be to be shown whole in a message; Kubernetes' are about half of it.
const longestShown = 2500

// reveal asks for a token, tries it, and gives it to be shown to the person who asked. Where opsbot stops before that, the token is gone with
// it, and the same command gives another one.
func (o readonly) reveal(ctx context.Context, r *readonlyRun) (*messages.Card, error) {
	seconds := int64(r.Args.For / time.Second)
	answer, err := r.Client.Kubernetes.CoreV1().ServiceAccounts(r.Namespace).CreateToken(ctx, r.State.Account,
		&authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{ExpirationSeconds: &seconds}}, metav1.CreateOptions{FieldManager: r.FieldManager()})
	if err != nil {
		return nil, k8sops.Explain("request a token for "+r.State.Account, err)
	}
	if len(answer.Status.Token) > longestShown {
		return nil, &k8sops.Error{Code: k8sops.CodeFailed, Message: messages.New("k8sops.readonly.too_long", "length", len(answer.Status.Token))}
	}
	tried, err := tryToken(ctx, r.Call, answer.Status.Token)
	if err != nil {
		return nil, err
	}
	return &messages.Card{
		Title:    messages.New("k8sops.readonly.token", "account", messages.Code(r.State.Account), "until", messages.Date(answer.Status.ExpirationTimestamp.Time)),
		Sections: []messages.Section{{Code: &messages.Block{Content: answer.Status.Token}}, messages.Paragraph(tried)},
		Footer:   []messages.Text{messages.New("k8sops.readonly.once")},
	}, nil
}

// tryToken asks the API server, with the token, whether it may look and whether it may do what it must not.
func tryToken(ctx context.Context, call *k8sops.Call, token string) (messages.Text, error) {
	if call.Client.Config == nil { // a fake cluster has no tokens
		return messages.New("k8sops.readonly.untried"), nil
	}
	config := rest.AnonymousClientConfig(call.Client.Config)
	config.BearerToken = token
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return messages.Text{}, k8sops.Explain("client for the new token", err)
	}
	for _, c := range []struct {
		verb, resource string
		may            bool
	}{{"list", "pods", true}, {"get", "secrets", false}, {"delete", "pods", false}, {"create", "pods", false}} {
		review, err := client.AuthorizationV1().SelfSubjectAccessReviews().Create(ctx, &authorizationv1.SelfSubjectAccessReview{Spec: authorizationv1.SelfSubjectAccessReviewSpec{
			ResourceAttributes: &authorizationv1.ResourceAttributes{Namespace: call.Namespace, Verb: c.verb, Resource: c.resource},
		}}, metav1.CreateOptions{})
		if err != nil {
			return messages.Text{}, k8sops.Explain("log in with the new token", err)
		}
		if review.Status.Allowed != c.may {
			return messages.Text{}, &k8sops.Error{Code: k8sops.CodeFailed, Message: messages.New("k8sops.readonly.wrong", "verb", c.verb, "resource", c.resource)}
		}
	}
	return messages.New("k8sops.readonly.tried"), nil
}
