package k8sops

import (
	"opsbot/messages"
)

// Find is the operation of that name. An *Error of code not_found means that a newer or older opsbot had it.
func Find(ops []Operation, name string) (*Operation, error) {
	for i := range ops {
		if ops[i].Name == name {
			return &ops[i], nil
		}
	}
	return nil, &Error{Code: CodeNotFound, Message: messages.New("k8sops.parse.unknown_operation", "word", messages.Code(name))}
}
