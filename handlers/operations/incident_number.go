package operations

import (
	"regexp"
	"strings"

	"opsbot/escalation/incident"
	"opsbot/k8sops"
	"opsbot/messages"
)

// incidentNumber is the incident that a person named, or else the one that the call was made in.
func incidentNumber(call *k8sops.Call, named string) (int64, error) {
	if named == "" {
		named = call.Source.Incident
	}
	if named == "" {
		return 0, &k8sops.Error{Code: k8sops.CodeInvalid, Message: messages.New("incident.which"), Suggest: []string{"incident list"}}
	}
	number, err := incident.ParseNumber(named)
	if err != nil {
		return 0, &k8sops.Error{
			Code: k8sops.CodeInvalid, Message: messages.New("incident.bad_number", "value", messages.Code(named)), Suggest: []string{"incident list"}, Cause: err,
		}
	}
	return number, nil
}

// label is an incident's number as people write it in front of a sentence.
var label = regexp.MustCompile(`^(?i:inc-)[0-9]+$`)

// numberInFront takes the incident's number off the front of a text, where it stands there. A number alone is that too.
func numberInFront(call *k8sops.Call, text string) (number int64, rest string, err error) {
	first, rest, more := strings.Cut(text, " ")
	if _, bare := incident.ParseNumber(text); label.MatchString(first) || !more && bare == nil {
		number, err = incidentNumber(call, first)
		return number, strings.TrimSpace(rest), err
	}
	number, err = incidentNumber(call, "")
	return number, text, err
}
