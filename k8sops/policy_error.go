package k8sops

import (
	"errors"
	"regexp"
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

// What the API server says when it refuses: of a refused exec the client keeps nothing but the words.
var (
	deniedByPolicy  = regexp.MustCompile(`(?s)(?:ValidatingAdmissionPolicy|policy) ['"]([^'"]+)['"](?: with binding '[^']*')? denied request: (.+)`)
	deniedByWebhook = regexp.MustCompile(`(?s)admission webhook "([^"]+)" (?:denied the request:? )?(.+)`)
	webhookIsDown   = regexp.MustCompile(`(?s)failed calling webhook "([^"]+)"[:;] (.+)`)
	deniedByRole    = regexp.MustCompile(`User ".*" cannot \S+ (?:resource|path) `)
)

// refusedAtAdmission is the answer to a refusal by a policy or a webhook of the cluster, nil where it is none. No other role would help the
// person: what refuses is named, so that whoever looks after it can.
func refusedAtAdmission(err error) *Error {
	said := err.Error()
	if by := deniedByPolicy.FindStringSubmatch(said); by != nil {
		return &Error{Code: CodeForbidden, Message: messages.New("k8sops.policy.denied", "policy", messages.Code(by[1]), "reason", by[2])}
	}
	if by := deniedByWebhook.FindStringSubmatch(said); by != nil {
		return &Error{Code: CodeForbidden, Message: messages.New("k8sops.policy.webhook", "webhook", messages.Code(by[1]), "reason", by[2])}
	}
	if by := webhookIsDown.FindStringSubmatch(said); by != nil {
		return &Error{Code: CodeUnavailable, Message: messages.New("k8sops.policy.webhook_down", "webhook", messages.Code(by[1]), "reason", by[2])}
	}
	return nil
}

// WhyNot says briefly why something could not be done or looked at. A missing right is put in a few words, because the API server's own name
// users and resources at length; whatever else refuses is named.
func WhyNot(err error) messages.Text {
	e, ok := errors.AsType[*Error](Explain("explain", err))
	switch {
	case !ok:
		return messages.Literal(err.Error())
	case e.Code == CodeForbidden && deniedByRole.MatchString(err.Error()):
		return messages.New("k8sops.error.not_your_role")
	}
	return e.Message
}
