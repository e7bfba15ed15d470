package help

import (
	"context"
	"maps"
	"slices"
	"strings"

	authenticationv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
	"opsbot/messages"
)

// whoamiSpec is /ops whoami: as whom the API server sees the person, and what follows from it.
func whoamiSpec(help *opsHelp) k8sops.ReadSpec[struct{}] {
	return k8sops.ReadSpec[struct{}]{
		Meta: k8sops.Meta{
			Name:     "ops whoami",
			Aliases:  []string{"whoami"},
			Summary:  messages.New("k8sops.whoami.summary"),
			Examples: []string{"ops whoami"},
			Owners:   []k8sops.Role{k8sops.Everyone},
			Private:  true,
		},
		Answer: func(ctx context.Context, call *k8sops.Call, _ struct{}, _ k8sops.Progress) (*k8sops.Result, error) {
			return whoami(ctx, call, help.catalog)
		},
	}
}

func whoami(ctx context.Context, call *k8sops.Call, catalog []k8sops.Operation) (*k8sops.Result, error) {
	answer, err := call.Client.Kubernetes.AuthenticationV1().SelfSubjectReviews().Create(ctx,
		&authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{})
	if err != nil {
		return nil, k8sops.Explain("review self", err)
	}
	may, err := k8sops.MayRun(ctx, call.Client, call.Namespace, catalog)
	if err != nil {
		return nil, err
	}
	maps.DeleteFunc(may, func(_ string, allowed bool) bool { return !allowed })
	user := answer.Status.UserInfo
	roles := messages.New("k8sops.whoami.no_role")
	if held := k8sops.RolesOf(user.Groups); len(held) > 0 {
		roles = k8sops.RoleNames(held)
	}
	return &k8sops.Result{
		Card: messages.Card{
			Tone:  messages.ToneInfo,
			Title: messages.New("k8sops.whoami.title", "user", messages.Code(user.Username), "cluster", messages.Code(call.Cluster)),
			Facts: []messages.Fact{
				{Label: messages.New("k8sops.whoami.fact.roles"), Value: roles},
				{Label: messages.New("k8sops.whoami.fact.groups"), Value: messages.Literal(strings.Join(user.Groups, ", "))},
				{Label: messages.New("k8sops.whoami.fact.namespace"), Value: messages.Literal(call.Namespace)},
			},
			Sections: []messages.Section{messages.Paragraph(messages.New("k8sops.whoami.operations", "operations", strings.Join(slices.Sorted(maps.Keys(may)), ", ")))},
			Footer:   []messages.Text{messages.New("k8sops.whoami.audit")},
		},
		Suggest: []string{"ops help"},
	}, nil
}
