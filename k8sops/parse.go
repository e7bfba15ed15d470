package k8sops

import (
	"errors"
	"slices"
	"strings"

	"opsbot/internal/nearest"
	"opsbot/messages"
)

// Parse reads a command line as a person types it, with or without the leading slash or the "ops" umbrella. Args hold
// every declared argument that was given or has a default, in canonical form. Every error is an *Error of code
// invalid or not_found that names the problem and the usage.
func Parse(ops []Operation, line string) (*Operation, Args, error) {
	words, err := SplitWords(line)
	if err != nil {
		return nil, nil, err
	}
	if len(words) == 0 {
		return nil, nil, &Error{Code: CodeInvalid, Message: messages.New("k8sops.parse.empty"), Suggest: []string{"ops help"}}
	}
	op, rest, err := FindOperation(ops, words)
	if err != nil {
		return nil, nil, err
	}
	args, err := parseArgs(op, rest)
	if err == nil {
		return op, args, nil
	}
	if _, missing := errors.AsType[*Missing](err); !missing && op.TakesSecret() {
		return op, nil, secretTyped(op)
	}
	return op, nil, memberMeant(ops, op, rest, err)
}

// FindOperation takes the operation's name off the words. The words of a name may also stand apart, as in
// "rollout user restart". A word that begins several names, with nothing behind it, is the question which there are.
func FindOperation(ops []Operation, words []Word) (*Operation, []Word, error) {
	words = slices.Clone(words)
	words[0].text = strings.TrimPrefix(words[0].text, "/")
	if family, members := BareFamily(ops, words); members != nil {
		if help, err := Find(ops, HelpName); err == nil {
			return help, []Word{{text: family}}, nil
		}
	}
	if op, rest := matchOperation(ops, words); op != nil {
		return withFlags(ops, op, rest), rest, nil
	}
	if words[0].is(umbrella) && len(words) > 1 {
		return FindOperation(ops, words[1:])
	}
	return nil, nil, unknownOperation(ops, words)
}

func matchOperation(ops []Operation, words []Word) (*Operation, []Word) {
	var best *Operation
	var bestRest []Word
	bestLength := 0
	for i := range ops {
		for _, name := range append([]string{ops[i].Name}, ops[i].Aliases...) {
			parts := strings.Fields(name)
			if rest, ok := takeName(parts, words); ok && len(parts) > bestLength {
				best, bestRest, bestLength = &ops[i], rest, len(parts)
			}
		}
	}
	return best, bestRest
}

// withFlags is the operation that op's name means together with a flag that only that one has, or else op.
func withFlags(ops []Operation, op *Operation, words []Word) *Operation {
	for i := range ops {
		if ops[i].WithFlags != op.Name {
			continue
		}
		for _, w := range words {
			name, _, _, isFlag := w.flag()
			_, its := ops[i].Arg(name)
			if _, also := op.Arg(name); isFlag && its && !also {
				return &ops[i]
			}
		}
	}
	return op
}

// takeName removes the words of a name: the first must come first, a second one may follow one argument.
func takeName(name []string, words []Word) ([]Word, bool) {
	if !words[0].is(name[0]) {
		return nil, false
	}
	rest := words[1:]
	for _, part := range name[1:] {
		at := slices.IndexFunc(rest[:min(2, len(rest))], func(w Word) bool { return w.is(part) })
		if at < 0 {
			return nil, false
		}
		rest = append(slices.Clone(rest[:at]), rest[at+1:]...)
	}
	return rest, true
}

func (w Word) is(name string) bool { return !w.quoted && strings.EqualFold(w.text, name) }

// flag splits "--name=value" and "--name"; ok is false for a value. A single hyphen starts a flag unless a digit follows.
func (w Word) flag() (name, value string, hasValue, ok bool) {
	if w.quoted || len(w.text) < 2 || w.text[0] != '-' || w.text[1] >= '0' && w.text[1] <= '9' {
		return "", "", false, false
	}
	name, value, hasValue = strings.Cut(strings.TrimLeft(w.text, "-"), "=")
	return strings.ToLower(name), value, hasValue, true
}

// argParser fills args from the words after the operation's name.
type argParser struct {
	op         *Operation
	args       Args
	positional []Arg
	// ask are the secrets that were asked for by their flags.
	ask []Arg
}

// Missing is the cause of the error of a call that lacks arguments which a form can ask for.
type Missing struct {
	Operation *Operation
	Given     Args
}

func (m *Missing) Error() string { return "arguments missing for " + m.Operation.Name }

func parseArgs(op *Operation, words []Word) (Args, error) {
	p := &argParser{op: op, args: Args{}}
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
	case arg.Kind == KindSecret:
		return 1, p.askFor(arg, hasValue, words[1:])
	case hasValue:
		return 1, p.set(arg, value)
	case arg.Kind == KindBool:
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
func (p *argParser) askFor(arg Arg, hasValue bool, rest []Word) error {
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
func (p *argParser) flagNamed(name string) (Arg, error) {
	var names []string
	for _, a := range p.op.Args {
		if a.Name == name {
			p.positional = slices.DeleteFunc(p.positional, func(pos Arg) bool { return pos.Name == name })
			return a, nil
		}
		if !a.Hidden {
			names = append(names, a.Name)
		}
	}
	if name == ClusterArg {
		return Arg{}, invalid(messages.New("k8sops.parse.no_cluster", "command", messages.Code("/"+p.op.Name), "flag", messages.Code("--"+name)))
	}
	if near := nearest.Names(name, names); len(near) > 0 {
		return Arg{}, p.invalid(messages.New("k8sops.parse.unknown_flag_near",
			"flag", messages.Code("--"+name), "near", messages.Code("--"+near[0])))
	}
	return Arg{}, p.invalid(messages.New("k8sops.parse.unknown_flag", "flag", messages.Code("--"+name)))
}

func (p *argParser) set(arg Arg, value string) error {
	if _, twice := p.args[arg.Name]; twice {
		return p.invalid(messages.New("k8sops.parse.twice", "arg", messages.Code(arg.Name)))
	}
	canonical, problem := arg.Parse(value)
	if problem != nil {
		return &Error{Code: CodeInvalid, Message: problem.Text, Hint: usageText(p.op), Suggest: p.corrected(arg, problem)}
	}
	p.args[arg.Name] = canonical
	return nil
}

// corrected are whole command lines with the value that was probably meant, where the rest is complete.
func (p *argParser) corrected(arg Arg, problem *ValueProblem) []string {
	var lines []string
	for _, meant := range problem.meant {
		args := Args{}
		for name, value := range p.args {
			args[name] = value
		}
		args[arg.Name] = meant
		lines = append(lines, Canonical(p.op, args))
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
	return &Error{Code: CodeInvalid, Message: message, Hint: usageText(p.op), Cause: &Missing{Operation: p.op, Given: p.args}}
}

func (p *argParser) invalid(message messages.Text) error {
	return &Error{Code: CodeInvalid, Message: message, Hint: usageText(p.op)}
}

func invalid(message messages.Text) error { return &Error{Code: CodeInvalid, Message: message} }

func unknownOperation(ops []Operation, words []Word) error {
	if members := familyOf(ops, words[0]); members != nil && len(words) > 1 {
		return unknownMember(members, words)
	}
	var names []string
	for _, op := range ops {
		names = append(append(names, op.Name), op.Aliases...)
	}
	e := &Error{
		Code:    CodeNotFound,
		Message: messages.New("k8sops.parse.unknown_operation", "word", messages.Code(words[0].text)),
		Hint:    messages.New("k8sops.parse.see_help"),
	}
	for n := min(2, len(words)); n > 0 && len(e.Suggest) == 0; n-- {
		typed := strings.ToLower(joinWords(words[:n]))
		for _, name := range nearest.Names(typed, names) {
			e.Suggest = append(e.Suggest, suggestion(ops, name, words[n:]))
		}
	}
	if len(e.Suggest) == 0 {
		e.Suggest = []string{"ops help"}
	}
	return e
}

// suggestion is a name in place of a misspelt one, with what was typed behind it; without, where that may be a secret.
func suggestion(ops []Operation, name string, rest []Word) string {
	if op, err := Find(ops, name); err == nil && op.TakesSecret() {
		return op.Name
	}
	return strings.TrimSpace(name + " " + quoteWords(rest))
}

func joinWords(words []Word) string {
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = w.text
	}
	return strings.Join(texts, " ")
}

func quoteWords(words []Word) string {
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = w.text
		if _, _, _, flag := w.flag(); !flag {
			texts[i] = quoteWord(w.text)
		}
	}
	return strings.Join(texts, " ")
}
