package cmdline

import (
	"slices"

	"opsbot/internal/nearest"
	"opsbot/k8sops"
	"opsbot/messages"
)

// argParser fills args from the words after the operation's name.
type argParser struct {
	op         *k8sops.Operation
	args       k8sops.Args
	positional []k8sops.Arg
	// ask are the secrets that were asked for by their flags.
	ask []k8sops.Arg
}

// Missing is the cause of the error of a call that lacks arguments which a form can ask for.
type Missing struct {
	Operation *k8sops.Operation
	Given     k8sops.Args
}

func (m *Missing) Error() string { return "arguments missing for " + m.Operation.Name }

func parseArgs(op *k8sops.Operation, words []Word) (k8sops.Args, error) {
	p := &argParser{op: op, args: k8sops.Args{}}
	for _, a := range op.Args {
		if a.Positional {
			p.positional = append(p.positional, a)
		}
	}
	for len(words) > 0 {
		used, err := p.take(words)
		if err != nil {
			return nil, err
		}
		words = words[used:]
	}
	return p.args, p.finish()
}

// take consumes one argument and reports how many words it was written in.
func (p *argParser) take(words []Word) (int, error) {
	name, value, hasValue, isFlag := words[0].flag()
	if !isFlag {
		return 1, p.takePositional(words[0])
	}
	arg, err := p.flagNamed(name)
	if err != nil {
		return 0, err
	}
	switch {
	case arg.Kind == k8sops.KindSecret:
		return 1, p.askFor(arg, hasValue, words[1:])
	case hasValue:
		return 1, p.set(arg, value)
	case arg.Kind == k8sops.KindBool:
		return 1, p.set(arg, "true")
	case len(words) < 2:
		return 0, p.invalid(messages.New("k8sops.parse.flag_needs_value", "flag", messages.Code("--"+arg.Name)))
	}
	if _, _, _, next := words[1].flag(); next {
		return 0, p.invalid(messages.New("k8sops.parse.flag_needs_value", "flag", messages.Code("--"+arg.Name)))
	}
	return 2, p.set(arg, words[1].text)
}

// askFor notes that a form shall ask for a secret. What stands behind the flag may be the secret itself.
func (p *argParser) askFor(arg k8sops.Arg, hasValue bool, rest []Word) error {
	if len(rest) > 0 {
		_, _, _, isFlag := rest[0].flag()
		hasValue = hasValue || !isFlag
	}
	if hasValue {
		return secretTyped(p.op)
	}
	p.ask = append(p.ask, arg)
	return nil
}

func (p *argParser) takePositional(w Word) error {
	if len(p.positional) == 0 {
		return p.invalid(messages.New("k8sops.parse.surplus", "word", messages.Code(w.text)))
	}
	arg := p.positional[0]
	if before, started := p.args[arg.Name]; arg.Rest && started {
		p.args[arg.Name] = before + " " + w.text
		return nil
	}
	if !arg.Rest {
		p.positional = p.positional[1:]
	}
	return p.set(arg, w.text)
}

// flagNamed finds a flag. A positional argument may also be given by name.
func (p *argParser) flagNamed(name string) (k8sops.Arg, error) {
	var names []string
	for _, a := range p.op.Args {
		if a.Name == name {
			p.positional = slices.DeleteFunc(p.positional, func(pos k8sops.Arg) bool { return pos.Name == name })
			return a, nil
		}
		if !a.Hidden {
			names = append(names, a.Name)
		}
	}
	if name == k8sops.ClusterArg {
		return k8sops.Arg{}, k8sops.Invalid(messages.New("k8sops.parse.no_cluster", "command", messages.Code("/"+p.op.Name), "flag", messages.Code("--"+name)))
	}
	if near := nearest.Names(name, names); len(near) > 0 {
		return k8sops.Arg{}, p.invalid(messages.New("k8sops.parse.unknown_flag_near",
			"flag", messages.Code("--"+name), "near", messages.Code("--"+near[0])))
	}
	return k8sops.Arg{}, p.invalid(messages.New("k8sops.parse.unknown_flag", "flag", messages.Code("--"+name)))
}

func (p *argParser) set(arg k8sops.Arg, value string) error {
	if _, twice := p.args[arg.Name]; twice {
		return p.invalid(messages.New("k8sops.parse.twice", "arg", messages.Code(arg.Name)))
	}
	canonical, problem := arg.Parse(value)
	if problem != nil {
		return &k8sops.Error{Code: k8sops.CodeInvalid, Message: problem.Text, Hint: k8sops.UsageText(p.op), Suggest: p.corrected(arg, problem)}
	}
	p.args[arg.Name] = canonical
	return nil
}

// corrected are whole command lines with the value that was probably meant, where the rest is complete.
func (p *argParser) corrected(arg k8sops.Arg, problem *k8sops.ValueProblem) []string {
	var lines []string
	for _, meant := range problem.Meant {
		args := k8sops.Args{}
		for name, value := range p.args {
			args[name] = value
		}
		args[arg.Name] = meant
		lines = append(lines, k8sops.Canonical(p.op, args))
	}
	return lines
}

func (p *argParser) finish() error {
	for _, a := range p.op.Args {
		_, given := p.args[a.Name]
		switch {
		case given:
		case a.Required:
			return p.missing(messages.New("k8sops.parse.missing", "arg", messages.Code(a.Name), "summary", a.Summary))
		case a.Default != "":
			p.args[a.Name] = a.Default
		}
	}
	if len(p.ask) > 0 {
		return p.missing(messages.New("k8sops.secret.ask", "arg", messages.Code(p.ask[0].Name)))
	}
	return nil
}

// missing is the refusal of a call that a form could complete.
func (p *argParser) missing(message messages.Text) error {
	return &k8sops.Error{Code: k8sops.CodeInvalid, Message: message, Hint: k8sops.UsageText(p.op), Cause: &Missing{Operation: p.op, Given: p.args}}
}

func (p *argParser) invalid(message messages.Text) error {
	return &k8sops.Error{Code: k8sops.CodeInvalid, Message: message, Hint: k8sops.UsageText(p.op)}
}
