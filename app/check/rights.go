package check

import (
	"context"
	"errors"
	"fmt"
	"strings"

	authorizationv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/version"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"opsbot/k8sops"
	"opsbot/messages"
)

// rights checks what the bot's own account may do on a cluster, and so what its token is worth to a thief. acts: the bot could act as
// everybody.
func (k *checker) rights(ctx context.Context, cluster *k8sops.Cluster, ids []k8sops.Identity, acts bool) {
	config := rest.CopyConfig(cluster.Config)
	config.QPS = -1
	bot, err := kubernetes.NewForConfig(config)
	if err == nil && len(ids) > 0 {
		err = errors.Join(k.impersonation(ctx, cluster, bot, ids, acts), k.ownRights(ctx, cluster, bot, ids))
	}
	if err != nil {
		k.problem(messages.New("check.rights_unknown", "cluster", cluster.Name, "cause", err))
	}
}

// impersonation says which kind of impersonation the server has, and which one the bot's rights use.
func (k *checker) impersonation(ctx context.Context, cluster *k8sops.Cluster, bot kubernetes.Interface, ids []k8sops.Identity, acts bool) error {
	free, err := may(ctx, bot, &authorizationv1.ResourceAttributes{Verb: "impersonate", Resource: "users", Name: ids[0].User})
	if err != nil {
		return err
	}
	bound, err := may(ctx, bot, &authorizationv1.ResourceAttributes{
		Verb: "impersonate:user-info", Group: "authentication.k8s.io", Resource: "users", Name: ids[0].User,
	})
	if err != nil {
		return err
	}
	has, release, err := constrains(ctx, cluster, bot, free)
	if err != nil {
		return err
	}
	about := []any{"cluster", cluster.Name, "version", release}
	switch {
	case !free && bound && !has && !acts:
		k.problem(messages.New("check.constrained_missing", about...))
	case !free && bound && acts:
		k.good(messages.New("check.constrained", about...))
	case free && has:
		k.advice(messages.New("check.constrained_unused", about...))
	case free:
		k.advice(messages.New("check.unconstrained", about...))
	}
	if free {
		return k.worth(ctx, cluster, ids)
	}
	return nil
}

// nobody is a user that nothing lets the bot act as.
const nobody = k8sops.GroupPrefix + "nobody"

// constrains reports whether the API server has constrained impersonation, and its release. A refusal that speaks of the mode proves it; where
// the bot has the older right (free), the server may speak of that alone: its release has to do then, for the feature is on by default from 1.36 on.
func constrains(ctx context.Context, cluster *k8sops.Cluster, bot kubernetes.Interface, free bool) (bool, string, error) {
	info, err := bot.Discovery().ServerVersion()
	if err != nil {
		return false, "", fmt.Errorf("ask for the server's version: %w", err)
	}
	release, err := version.ParseGeneric(info.GitVersion)
	if err != nil {
		return false, info.GitVersion, fmt.Errorf("server's version: %w", err)
	}
	client, err := cluster.As(k8sops.Identity{User: nobody})
	if err != nil {
		return false, info.GitVersion, err
	}
	if err := k8sops.CanActAs(ctx, client); err != nil && (strings.Contains(err.Error(), ":user-info") || !free) {
		return strings.Contains(err.Error(), ":user-info"), info.GitVersion, nil
	}
	return release.AtLeast(version.MajorMinor(1, 36)), info.GitVersion, nil
}

// worth warns of people who may do a great deal by themselves: without constrained impersonation the bot may do it too.
func (k *checker) worth(ctx context.Context, cluster *k8sops.Cluster, ids []k8sops.Identity) error {
	for _, id := range ids {
		client, err := cluster.As(k8sops.Identity{User: id.User})
		if err != nil {
			return err
		}
		can, err := telling(ctx, client.Kubernetes, "")
		if err != nil {
			return nil // that the bot cannot act as this user is said already
		}
		if len(can) > 0 {
			k.advice(messages.New("check.person_worth", "user", id.User, "cluster", cluster.Name, "rights", shown(can)))
		}
	}
	return nil
}

// ownRights fails where the bot's account may do anything but act as the configured people.
func (k *checker) ownRights(ctx context.Context, cluster *k8sops.Cluster, bot kubernetes.Interface, ids []k8sops.Identity) error {
	known := peopleOf(ids)
	var found []string
	for _, namespace := range []string{cluster.Namespace, metav1.NamespaceDefault, metav1.NamespaceSystem} {
		review, err := bot.AuthorizationV1().SelfSubjectRulesReviews().Create(ctx, &authorizationv1.SelfSubjectRulesReview{
			Spec: authorizationv1.SelfSubjectRulesReviewSpec{Namespace: namespace},
		}, metav1.CreateOptions{})
		if err != nil {
			return fmt.Errorf("review the bot's rights: %w", err)
		}
		found = append(found, known.beyond(review.Status)...)
	}
	// An authorizer that cannot list its rules still answers questions.
	for _, namespace := range []string{"", cluster.Namespace} {
		can, err := telling(ctx, bot, namespace)
		if err != nil {
			return err
		}
		found = append(found, can...)
	}
	if len(found) == 0 {
		k.good(messages.New("check.rights", "cluster", cluster.Name))
		return nil
	}
	k.problem(messages.New("check.rights_beyond", "cluster", cluster.Name, "rights", shown(found)))
	return nil
}

func may(ctx context.Context, client kubernetes.Interface, what *authorizationv1.ResourceAttributes) (bool, error) {
	answer, err := client.AuthorizationV1().SelfSubjectAccessReviews().Create(ctx,
		&authorizationv1.SelfSubjectAccessReview{Spec: authorizationv1.SelfSubjectAccessReviewSpec{ResourceAttributes: what}}, metav1.CreateOptions{})
	if err != nil {
		return false, fmt.Errorf("review access to %s %s: %w", what.Verb, what.Resource, err)
	}
	return answer.Status.Allowed, nil
}
