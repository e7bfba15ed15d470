package runbooks

import "opsbot/messages"

// ResultLost is the result of a call that was not made, because opsbot was stopped in front of it.
const ResultLost = "lost"

// resultText is how the call of a step ended, in words.
func resultText(result string) messages.Text {
	switch result {
	case "refused":
		return messages.New("k8sops.runbooks.result.refused")
	case "cancelled":
		return messages.New("k8sops.runbooks.result.cancelled")
	case "expired":
		return messages.New("k8sops.runbooks.result.expired")
	case "interrupted":
		return messages.New("k8sops.runbooks.result.interrupted")
	case ResultLost:
		return messages.New("k8sops.runbooks.result.lost")
	default:
		return messages.New("k8sops.runbooks.result.failed")
	}
}
