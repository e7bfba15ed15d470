package k8sops

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Whatever refuses is named; a missing right is told apart from it. The words are those of the API server 1.36.
func TestWhoRefusedIsSaid(t *testing.T) {
	pods := schema.GroupResource{Resource: "pods"}
	forbidden := func(format string, args ...any) error {
		return apierrors.NewForbidden(pods, "postgres-0", fmt.Errorf(format, args...))
	}
	for name, c := range map[string]struct {
		err           error
		code          Code
		message, name string
		whyNot        string
	}{
		"role": {
			err:  forbidden(`User "a@b.c" cannot create resource "pods/exec" in API group "" in the namespace "shop"`),
			code: CodeForbidden, message: "k8sops.error.forbidden", whyNot: "k8sops.error.not_your_role",
		},
		"a policy": {
			err:  forbidden("ValidatingAdmissionPolicy 'no-exec' with binding 'everywhere' denied request: nobody runs programs here"),
			code: CodeForbidden, message: "k8sops.policy.denied", name: "no-exec",
		},
		"a policy, of a websocket that was not opened": {
			err:  errors.New(`exec df in pod shop/postgres-0: pods "postgres-0" is forbidden: ValidatingAdmissionPolicy 'no-exec' denied request: no`),
			code: CodeForbidden, message: "k8sops.policy.denied", name: "no-exec",
		},
		"a policy that cannot be evaluated": {
			err:  forbidden("policy 'broken' with binding 'b' denied request: expression resulted in error"),
			code: CodeForbidden, message: "k8sops.policy.denied", name: "broken",
		},
		"a webhook": {
			err:  forbidden(`admission webhook "validate.kyverno.svc" denied the request: two replicas at least`),
			code: CodeForbidden, message: "k8sops.policy.webhook", name: "validate.kyverno.svc",
		},
		"a webhook that gives no code": {
			err:  apierrors.NewBadRequest(`admission webhook "w.example.com" denied the request without explanation`),
			code: CodeForbidden, message: "k8sops.policy.webhook", name: "w.example.com",
		},
		"a webhook that takes no dry run": {
			err:  apierrors.NewBadRequest(`admission webhook "w.example.com" does not support dry run`),
			code: CodeForbidden, message: "k8sops.policy.webhook", name: "w.example.com",
		},
		"a webhook that is down": {
			err:  apierrors.NewInternalError(errors.New(`failed calling webhook "w.example.com": failed to call webhook: connection refused`)),
			code: CodeUnavailable, message: "k8sops.policy.webhook_down", name: "w.example.com",
		},
		"a quota": {
			err:  forbidden("exceeded quota: small, requested: pods=1, used: pods=4, limited: pods=4"),
			code: CodeForbidden, message: "k8sops.error.forbidden",
		},
		"one of opsbot's own": {
			err:  forbidden("ValidatingAdmissionPolicy 'opsbot-exec' with binding 'opsbot-exec' denied request: %smysql-0%s", ExecPolicySays, ExecPolicyEnds),
			code: CodeForbidden, message: "k8sops.policy.exec",
		},
	} {
		e, ok := errors.AsType[*Error](Explain("test", c.err))
		require.True(t, ok, name)
		require.Equal(t, c.code, e.Code, name)
		require.Equal(t, c.message, e.Message.ID, name)
		require.Equal(t, c.name, e.Message.Args["policy"].S+e.Message.Args["webhook"].S, name)
		if c.whyNot == "" {
			c.whyNot = c.message
		}
		require.Equal(t, c.whyNot, WhyNot(c.err).ID, name)
		require.Equal(t, c.whyNot, WhyNot(Explain("test", c.err)).ID, "explained before: %s", name)
	}
}
