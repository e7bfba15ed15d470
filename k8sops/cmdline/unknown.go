package cmdline

import (
	"strings"

	"opsbot/internal/nearest"
	"opsbot/k8sops"
	"opsbot/messages"
)

func unknownOperation(ops []k8sops.Operation, words []Word) error {
	if members := familyOf(ops, words[0]); members != nil && len(words) > 1 {
		return unknownMember(members, words)
	}
	var names []string
	for _, op := range ops {
		names = append(append(names, op.Name), op.Aliases...)
	}
	e := &k8sops.Error{
		Code:    k8sops.CodeNotFound,
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
func suggestion(ops []k8sops.Operation, name string, rest []Word) string {
	if op, err := k8sops.Find(ops, name); err == nil && op.TakesSecret() {
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
			texts[i] = k8sops.QuoteWord(w.text)
		}
	}
	return strings.Join(texts, " ")
}
