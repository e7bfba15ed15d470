package check

import (
	"testing"

	"github.com/stretchr/testify/require"
	authorizationv1 "k8s.io/api/authorization/v1"

	"opsbot/k8sops"
)

func TestRightsBeyondActingAsPeople(t *testing.T) {
	known := peopleOf([]k8sops.Identity{{User: "dba@company.com", Groups: []string{"opsbot:dba", "data"}}})
	identity, core := []string{"authentication.k8s.io"}, []string{""}
	for name, c := range map[string]struct {
		rule authorizationv1.ResourceRule
		want []string
	}{
		"the generated user":  {authorizationv1.ResourceRule{Verbs: []string{"impersonate"}, APIGroups: core, Resources: []string{"users"}, ResourceNames: []string{"dba@company.com"}}, nil},
		"the generated group": {authorizationv1.ResourceRule{Verbs: []string{"impersonate:user-info"}, APIGroups: identity, Resources: []string{"groups"}, ResourceNames: []string{"data", "opsbot:system"}}, nil},
		"an extra of ours":    {authorizationv1.ResourceRule{Verbs: []string{"impersonate:user-info"}, APIGroups: identity, Resources: []string{"userextras/opsbot.io/call"}}, nil},
		"on behalf":           {authorizationv1.ResourceRule{Verbs: []string{"impersonate-on:user-info:list"}, APIGroups: core, Resources: []string{"pods"}}, nil},
		"about itself":        {authorizationv1.ResourceRule{Verbs: []string{"create"}, APIGroups: []string{"authorization.k8s.io"}, Resources: []string{"selfsubjectaccessreviews"}}, nil},
		"anybody":             {authorizationv1.ResourceRule{Verbs: []string{"impersonate"}, APIGroups: core, Resources: []string{"users", "groups"}}, []string{"impersonate users", "impersonate groups"}},
		"a stranger": {authorizationv1.ResourceRule{Verbs: []string{"impersonate"}, APIGroups: core, Resources: []string{"users"}, ResourceNames: []string{"dba@company.com", "boss@company.com"}},
			[]string{"impersonate users boss@company.com"}},
		"masters":      {authorizationv1.ResourceRule{Verbs: []string{"impersonate"}, APIGroups: core, Resources: []string{"groups"}, ResourceNames: []string{"system:masters"}}, []string{"impersonate groups system:masters"}},
		"other extras": {authorizationv1.ResourceRule{Verbs: []string{"impersonate"}, APIGroups: identity, Resources: []string{"userextras/scopes"}}, []string{"impersonate userextras/scopes.authentication.k8s.io"}},
		"accounts":     {authorizationv1.ResourceRule{Verbs: []string{"impersonate"}, APIGroups: core, Resources: []string{"serviceaccounts"}, ResourceNames: []string{"default"}}, []string{"impersonate serviceaccounts default"}},
		"another mode": {authorizationv1.ResourceRule{Verbs: []string{"impersonate-on:serviceaccount:list"}, APIGroups: core, Resources: []string{"pods"}}, []string{"impersonate-on:serviceaccount:list pods"}},
		"secrets":      {authorizationv1.ResourceRule{Verbs: []string{"get", "list"}, APIGroups: core, Resources: []string{"secrets"}}, []string{"get secrets", "list secrets"}},
		"everything":   {authorizationv1.ResourceRule{Verbs: []string{"*"}, APIGroups: []string{"*"}, Resources: []string{"*"}}, []string{"* *.*"}},
		"reviews of others": {authorizationv1.ResourceRule{Verbs: []string{"create"}, APIGroups: []string{"authorization.k8s.io"}, Resources: []string{"subjectaccessreviews"}},
			[]string{"create subjectaccessreviews.authorization.k8s.io"}},
	} {
		require.Equal(t, c.want, known.beyond(authorizationv1.SubjectRulesReviewStatus{ResourceRules: []authorizationv1.ResourceRule{c.rule}}), name)
	}
	paths := []authorizationv1.NonResourceRule{
		{Verbs: []string{"get"}, NonResourceURLs: []string{"/api/*", "/version", "/healthz", "/metrics"}},
		{Verbs: []string{"impersonate-on:user-info:get"}, NonResourceURLs: []string{"/apis/*"}},
		{Verbs: []string{"*"}, NonResourceURLs: []string{"*"}},
	}
	require.Equal(t, []string{"get /metrics", "* *"}, known.beyond(authorizationv1.SubjectRulesReviewStatus{NonResourceRules: paths}))
}

func TestRightsAreShownOnceAndNotWithoutEnd(t *testing.T) {
	require.Equal(t, "a, b", shown([]string{"a", "b", "a"}))
	var many []string
	for c := 'a'; c <= 'p'; c++ {
		many = append(many, string(c))
	}
	require.Equal(t, "a, b, c, d, e, f, g, h, i, j, k, l, … (+4)", shown(many))
}
