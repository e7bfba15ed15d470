package cmdline

import (
	"opsbot/internal/redact"
	"opsbot/k8sops"
	"opsbot/messages"
)

func secretTyped(op *k8sops.Operation) error {
	return &k8sops.Error{Code: k8sops.CodeInvalid, Message: messages.New("k8sops.secret.in_line"), Hint: k8sops.UsageText(op), Suggest: []string{op.Name}}
}

// RefuseSecrets refuses a command line that holds what looks like a password, a token or a key. It was sent through Slack already;
// here it is not even stored.
func RefuseSecrets(line string) error {
	if !redact.Has(line) {
		return nil
	}
	return &k8sops.Error{Code: k8sops.CodeInvalid, Message: messages.New("k8sops.secret.in_line"), Hint: messages.New("k8sops.secret.in_line_hint")}
}
