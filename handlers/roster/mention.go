package roster

import (
	"regexp"

	"opsbot/k8sops"
	"opsbot/messages"
)

// slackMention is a person as Slack writes it: <@U123> or <@U123|name> (SF-2.2).
var slackMention = regexp.MustCompile(`^<@([UW][A-Z0-9]+)(\|[^>]*)?>$`)

// MentionedUser reads a mention, and gives the id of the person.
func MentionedUser(text k8sops.Person) (string, error) {
	match := slackMention.FindStringSubmatch(string(text))
	if match == nil {
		return "", &k8sops.Error{Code: k8sops.CodeInvalid, Message: messages.New("incident.not_a_user", "value", messages.Code(string(text)))}
	}
	return match[1], nil
}
