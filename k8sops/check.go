package k8sops

import (
	"errors"
	"fmt"
	"strings"
)

func CheckCatalog(ops []Operation) error {
	var problems []error
	owner := map[string]string{}
	for _, op := range ops {
		for _, name := range append([]string{op.Name}, op.Aliases...) {
			if other, taken := owner[name]; taken {
				problems = append(problems, fmt.Errorf("operation %q: the name %q is taken by %q", op.Name, name, other))
			}
			owner[name] = op.Name
		}
		problems = append(problems, op.check()...)
		first, _, _ := strings.Cut(op.Name, " ")
		if _, described := FamilySummary(first); !described && familyOf(ops, Word{text: first}) != nil {
			problems = append(problems, fmt.Errorf("operation %q: the family %q has no summary", op.Name, first))
		}
	}
	return errors.Join(problems...)
}

func (op Operation) check() (problems []error) {
	if op.Run == nil {
		problems = append(problems, fmt.Errorf("operation %q: no Run", op.Name))
	}
	if op.Danger != Read && (op.Plan == nil || op.Verify == nil) {
		problems = append(problems, fmt.Errorf("operation %q: a change needs Plan and Verify", op.Name))
	}
	if len(op.Owners) == 0 {
		problems = append(problems, fmt.Errorf("operation %q: no owner", op.Name))
	}
	seen := map[string]bool{}
	for _, a := range op.Args {
		if seen[a.Name] {
			problems = append(problems, fmt.Errorf("operation %q: argument %q declared twice", op.Name, a.Name))
		}
		seen[a.Name] = true
		if a.Default == "" {
			continue
		}
		if canonical, problem := a.Parse(a.Default); problem != nil || canonical != a.Default {
			problems = append(problems, fmt.Errorf("operation %q: argument %q: default %q is not canonical", op.Name, a.Name, a.Default))
		}
	}
	return problems
}
