package k8sops

import "opsbot/messages"

// Invocation is a call that could be made: an operation and its arguments in canonical form.
type Invocation struct {
	Operation string `json:"operation"`
	Args      Args   `json:"args,omitempty"`
}

// Line is the invocation as a person would type it, "" where the catalogue has no such operation or a command line cannot
// hold it.
func (i *Invocation) Line(ops []Operation) string {
	if i == nil {
		return ""
	}
	op, err := Find(ops, i.Operation)
	if err != nil {
		return ""
	}
	return Canonical(op, i.Args)
}

// Find is the operation of that name. An *Error of code not_found means that a newer or older opsbot had it.
func Find(ops []Operation, name string) (*Operation, error) {
	for i := range ops {
		if ops[i].Name == name {
			return &ops[i], nil
		}
	}
	return nil, &Error{Code: CodeNotFound, Message: messages.New("k8sops.parse.unknown_operation", "word", messages.Code(name))}
}
