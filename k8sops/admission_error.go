package k8sops

import (
	"errors"
	"regexp"

	"opsbot/messages"
)

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
