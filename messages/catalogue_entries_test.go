package messages

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"
	"text/template"
	"text/template/parse"

	"sigs.k8s.io/yaml"
)

// entry is one text of the catalogue in one language.
type entry struct {
	file string
	// args are the names that the templates of all its forms use.
	args   []string
	plural bool
}

// entries reads all files of a language; a text that stands in two areas or cannot be read is reported.
func entries(t *testing.T, language string) map[string]entry {
	t.Helper()
	files, err := catalogFiles.ReadDir("catalog")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]entry{}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), "."+language+".yaml") {
			continue
		}
		for id, e := range fileEntries(t, path.Join("catalog", f.Name())) {
			if other, ok := all[id]; ok {
				t.Errorf("%s: %s is already in %s", e.file, id, other.file)
			}
			all[id] = e
		}
	}
	return all
}

func fileEntries(t *testing.T, file string) map[string]entry {
	t.Helper()
	data, err := catalogFiles.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var raw map[string]any
	if err := yaml.UnmarshalStrict(data, &raw); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	all := map[string]entry{}
	for id, v := range raw {
		e, err := readEntry(v)
		if err != nil {
			t.Errorf("%s: %s: %v", file, id, err)
			continue
		}
		e.file = file
		all[id] = e
	}
	return all
}

// readEntry accepts a text, or the plural forms "one" and "other".
func readEntry(v any) (entry, error) {
	forms, plural := v.(map[string]any)
	if !plural {
		forms = map[string]any{"other": v}
	}
	if _, ok := forms["other"]; !ok {
		return entry{}, fmt.Errorf("lacks the form other")
	}
	var args []string
	for form, text := range forms {
		s, ok := text.(string)
		if !ok || strings.TrimSpace(s) == "" || (form != "one" && form != "other") {
			return entry{}, fmt.Errorf("form %q is not a text of the form one or other", form)
		}
		used, err := templateArgs(s)
		if err != nil {
			return entry{}, err
		}
		args = append(args, used...)
	}
	if plural {
		args = append(args, "count")
	}
	slices.Sort(args)
	return entry{args: slices.Compact(args), plural: plural}, nil
}

// templateArgs lists the names in {{.name}}; anything more than that is an error, because both languages share the arguments
// and nothing else.
func templateArgs(s string) ([]string, error) {
	tmpl, err := template.New("").Parse(s)
	if err != nil {
		return nil, err
	}
	var args []string
	if tmpl.Tree == nil {
		return nil, nil
	}
	for _, node := range tmpl.Root.Nodes {
		switch node := node.(type) {
		case *parse.TextNode:
		case *parse.ActionNode:
			name, ok := strings.CutPrefix(node.Pipe.String(), ".")
			if !ok || strings.ContainsAny(name, ". |") {
				return nil, fmt.Errorf("%s is more than the name of an argument", node)
			}
			args = append(args, name)
		default:
			return nil, fmt.Errorf("%s is more than the name of an argument", node)
		}
	}
	return args, nil
}

func TestEveryEntryExistsInEveryLanguage(t *testing.T) {
	english := entries(t, English)
	for _, language := range Locales() {
		translated := entries(t, language)
		for id, e := range english {
			other, ok := translated[id]
			switch {
			case !ok:
				t.Errorf("%s: %s is missing in %s", e.file, id, language)
			case !sameArgs(e, other):
				t.Errorf("%s: %s takes %v, but %v in %s", other.file, id, other.args, e.args, e.file)
			case strings.TrimSuffix(e.file, English+".yaml") != strings.TrimSuffix(other.file, language+".yaml"):
				t.Errorf("%s: %s belongs to the area of %s", other.file, id, e.file)
			}
		}
		for id, e := range translated {
			if _, ok := english[id]; !ok {
				t.Errorf("%s: %s is missing in %s", e.file, id, English)
			}
		}
	}
}

// sameArgs lets a language without plural forms write one text for all counts; whether that text shows the count is its own
// business, because the singular of the other language need not show it either.
func sameArgs(a, b entry) bool {
	if a.plural != b.plural {
		return slices.Equal(without(a.args, "count"), without(b.args, "count"))
	}
	return slices.Equal(a.args, b.args)
}

func without(args []string, name string) []string {
	return slices.DeleteFunc(slices.Clone(args), func(s string) bool { return s == name })
}

func TestReadEntry(t *testing.T) {
	tests := []struct {
		name  string
		value any
		want  string
	}{
		{"text", "{{.b}} and {{.a}}", "[a b] false"},
		{"plural", map[string]any{"one": "one {{.thing}}", "other": "{{.count}} {{.thing}}s"}, "[count thing] true"},
		{"no other", map[string]any{"one": "x"}, "lacks the form other"},
		{"empty", " ", `form "other" is not a text of the form one or other`},
		{"unknown form", map[string]any{"other": "x", "few": "y"}, `form "few" is not a text of the form one or other`},
		{"logic", "{{if .a}}x{{end}}", "{{if .a}}x{{end}} is more than the name of an argument"},
		{"broken", "{{.a", "template: :1: unclosed action"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e, err := readEntry(test.value)
			got := fmt.Sprint(e.args, e.plural)
			if err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
