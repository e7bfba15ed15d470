package cmdline

import "opsbot/k8sops"

// Check is the operation of an invocation with its arguments checked and completed by the defaults. Every error is an *Error of
// code invalid or not_found, as those of Parse.
func Check(ops []k8sops.Operation, i *k8sops.Invocation) (*k8sops.Operation, k8sops.Args, error) {
	op, err := k8sops.Find(ops, i.Operation)
	if err != nil {
		return nil, nil, err
	}
	p := &argParser{op: op, args: k8sops.Args{}}
	for _, a := range op.Args {
		if value := i.Args[a.Name]; value != "" {
			if err := p.set(a, value); err != nil {
				return op, nil, err
			}
		}
	}
	return op, p.args, p.finish()
}
