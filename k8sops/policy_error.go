package k8sops

import (
	"strings"

	"opsbot/messages"
)

// What the admission policies that opsbot ships say when they refuse. The API server puts it into words of its own, and of a refused exec
// the client keeps nothing but the words.
const (
	ExecPolicySays   = execPolicyBegins + "the pods of the database and of the cache only, and "
	ExecPolicyEnds   = " is none of them"
	PeoplePolicySays = " is not in every opsbot group that the request names"
	// NetTestPolicySays is for roles whose only program is the network test.
	NetTestPolicySays = execPolicyBegins + "the pods that their operations need only, and "
)

// What the policy says that lets a role restart workloads and change nothing else about them.
const (
	RestartPolicySays = "you may restart "
	RestartPolicyEnds = " and change nothing else about it"
)

// execPolicyBegins is what a policy of any version says: older ones knew of fewer pods.
const execPolicyBegins = "opsbot's roles run programs in "

// refusedByPolicy is the answer to a refusal by one of opsbot's own policies, nil where it is another one's. The policies are made from the
// configuration: they are out of date where they refuse what opsbot tried.
func refusedByPolicy(err error) *Error {
	reason := err.Error()
	e := &Error{Code: CodeForbidden, Hint: messages.New("k8sops.policy.hint", "command", messages.Code("opsbot rbac --config opsbot.yaml | kubectl apply -f -"))}
	if _, rest, found := strings.Cut(reason, execPolicyBegins); found {
		_, rest, _ = strings.Cut(rest, " only, and ")
		pod, _, _ := strings.Cut(rest, ExecPolicyEnds)
		e.Message = messages.New("k8sops.policy.exec", "pod", messages.Code(pod))
		return e
	}
	if _, rest, found := strings.Cut(reason, RestartPolicySays); found && strings.Contains(rest, RestartPolicyEnds) {
		workload, _, _ := strings.Cut(rest, RestartPolicyEnds)
		return &Error{Code: CodeForbidden, Message: messages.New("k8sops.policy.restart", "workload", messages.Code(workload))}
	}
	if strings.Contains(reason, PeoplePolicySays) {
		e.Message = messages.New("k8sops.policy.people")
		return e
	}
	return nil
}
