package k8sops

import (
	"errors"
	"fmt"
	"strings"
)

// CheckCatalog finds duplicate names and faulty declarations.
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
		if _, described := FamilySummary(first); !described && Family(ops, first) != nil {
			problems = append(problems, fmt.Errorf("operation %q: the family %q has no summary", op.Name, first))
		}
	}
	return errors.Join(problems...)
}

func (op Operation) check() (problems []error) {
	isChange := op.Plan != nil && op.Verify != nil && len(op.Steps) > 0
	switch {
	case op.Danger == Read && op.Answer == nil:
		problems = append(problems, fmt.Errorf("operation %q: a read needs an Answer", op.Name))
	case op.Danger != Read && !isChange:
		problems = append(problems, fmt.Errorf("operation %q: a change needs Plan, Steps and Verify", op.Name))
	}
	problems = append(problems, op.checkSteps()...)
	if len(op.Owners) == 0 {
		problems = append(problems, fmt.Errorf("operation %q: no owner", op.Name))
	}
	return append(problems, op.checkArgs()...)
}

func (op Operation) checkArgs() (problems []error) {
	seen := map[string]bool{}
	for _, a := range op.Args {
		if seen[a.Name] {
			problems = append(problems, fmt.Errorf("operation %q: argument %q declared twice", op.Name, a.Name))
		}
		seen[a.Name] = true
		if a.problem != nil {
			problems = append(problems, fmt.Errorf("operation %q: %w", op.Name, a.problem))
		}
		if a.Kind == KindSecret && a.Positional {
			problems = append(problems, fmt.Errorf("operation %q: the secret %q must be a flag", op.Name, a.Name))
		}
		if a.Default == "" {
			continue
		}
		if canonical, problem := a.Parse(a.Default); problem != nil || canonical != a.Default {
			problems = append(problems, fmt.Errorf("operation %q: argument %q: default %q is not canonical", op.Name, a.Name, a.Default))
		}
	}
	return problems
}

// checkSteps: a run under way knows its steps by name.
func (op Operation) checkSteps() (problems []error) {
	seen := map[string]bool{}
	for _, step := range op.Steps {
		if seen[step.Name] || step.Name == "" {
			problems = append(problems, fmt.Errorf("operation %q: step %q has no name of its own", op.Name, step.Name))
		}
		seen[step.Name] = true
		if step.Resume != Again && step.Resume != AskPerson {
			problems = append(problems, fmt.Errorf("operation %q: step %q does not say how it resumes", op.Name, step.Name))
		}
	}
	return problems
}
