package messages

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	importPath = "opsbot/messages"
	// directive names the entries that a call whose id is not a literal may use; it stands on the line above the call.
	directive = "//messages:ids "
)

// call is one messages.New in the source.
type call struct {
	place string
	ids   []string
	args  []string
	// open is set where the arguments are not all written out.
	open bool
}

func TestEveryEntryIsUsedAndEveryUseHasAnEntry(t *testing.T) {
	calls, problems := repositoryCalls(t, "..")
	for _, p := range append(problems, usageProblems(calls, entries(t, English))...) {
		t.Error(p)
	}
}

func usageProblems(calls []call, known map[string]entry) []string {
	var problems []string
	used := map[string]bool{}
	for _, c := range calls {
		for _, id := range c.ids {
			used[id] = true
			e, ok := known[id]
			switch {
			case !ok:
				problems = append(problems, fmt.Sprintf("%s: %s is not in the catalogue", c.place, id))
			case !c.open && !slices.Equal(c.args, e.args):
				problems = append(problems, fmt.Sprintf("%s: %s takes %v, given %v", c.place, id, e.args, c.args))
			}
		}
	}
	for id, e := range known {
		if !used[id] {
			problems = append(problems, fmt.Sprintf("messages/%s: nobody uses %s", e.file, id))
		}
	}
	slices.Sort(problems)
	return problems
}

// repositoryCalls scans all Go files below root but tests and other modules.
func repositoryCalls(t *testing.T, root string) (calls []call, problems []string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return skipDir(root, path, d.Name())
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		c, p, err := fileCalls(path, nil)
		calls, problems = append(calls, c...), append(problems, p...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return calls, problems
}

func skipDir(root, path, name string) error {
	if path == root {
		return nil
	}
	_, err := os.Stat(filepath.Join(path, "go.mod"))
	if err == nil || name == "testdata" || name == "node_modules" || name == "vendor" || strings.HasPrefix(name, ".") {
		return filepath.SkipDir
	}
	return nil
}

// fileCalls finds the calls in one file; src may be given in place of reading it.
func fileCalls(path string, src any) ([]call, []string, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path, src, parser.ParseComments)
	if err != nil {
		return nil, nil, fmt.Errorf("parse %s: %w", path, err)
	}
	name, ok := packageName(file)
	if !ok {
		return nil, nil, nil
	}
	f := finder{fset: fset, name: name, listed: listedIDs(fset, file)}
	ast.Inspect(file, f.visit)
	return f.calls, f.problems, nil
}

// packageName is what the file calls package messages; false where it does not import it.
func packageName(file *ast.File) (string, bool) {
	for _, spec := range file.Imports {
		if path, _ := strconv.Unquote(spec.Path.Value); path == importPath {
			if spec.Name != nil {
				return spec.Name.Name, true
			}
			return "messages", true
		}
	}
	return "", false
}

// listedIDs are the directives by the line that they apply to.
func listedIDs(fset *token.FileSet, file *ast.File) map[int][]string {
	listed := map[int][]string{}
	for _, group := range file.Comments {
		for _, c := range group.List {
			if ids, ok := strings.CutPrefix(c.Text, directive); ok {
				line := fset.Position(group.End()).Line + 1
				listed[line] = append(listed[line], strings.Fields(ids)...)
			}
		}
	}
	return listed
}

type finder struct {
	fset     *token.FileSet
	name     string
	listed   map[int][]string
	calls    []call
	problems []string
}

func (f *finder) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.CallExpr:
		if f.isOurs(n.Fun, "New") && len(n.Args) > 0 {
			f.add(n)
		}
	case *ast.CompositeLit:
		f.literal(n)
	}
	return true
}

func (f *finder) isOurs(e ast.Expr, name string) bool {
	s, ok := e.(*ast.SelectorExpr)
	if !ok || s.Sel.Name != name {
		return false
	}
	pkg, ok := s.X.(*ast.Ident)
	return ok && pkg.Name == f.name
}

func (f *finder) add(n *ast.CallExpr) {
	place := f.fset.Position(n.Pos())
	c := call{place: fmt.Sprintf("%s:%d", strings.TrimPrefix(place.Filename, "../"), place.Line)}
	if id, ok := stringLiteral(n.Args[0]); ok {
		c.ids = []string{id}
	} else if c.ids = f.listed[place.Line]; c.ids == nil {
		f.problems = append(f.problems, c.place+": the id is not a literal and no "+strings.TrimSpace(directive)+" comment lists it")
		return
	}
	c.open = n.Ellipsis.IsValid()
	for i := 1; i < len(n.Args) && !c.open; i += 2 {
		name, ok := stringLiteral(n.Args[i])
		if !ok {
			f.problems = append(f.problems, fmt.Sprintf("%s: the name of argument %d is not a literal", c.place, (i+1)/2))
		}
		c.args = append(c.args, name)
	}
	slices.Sort(c.args)
	f.calls = append(f.calls, c)
}

// literal refuses messages.Text{ID: …}, which would hide a use.
func (f *finder) literal(n *ast.CompositeLit) {
	if !f.isOurs(n.Type, "Text") {
		return
	}
	for _, e := range n.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		if key, ok := kv.Key.(*ast.Ident); ok && key.Name == "ID" {
			place := f.fset.Position(n.Pos())
			f.problems = append(f.problems, fmt.Sprintf("%s:%d: use messages.New", strings.TrimPrefix(place.Filename, "../"), place.Line))
		}
	}
}

func stringLiteral(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}

func TestUsageProblems(t *testing.T) {
	const source = `package p

import m "opsbot/messages"

var (
	good    = m.New("good", "b", 1, "a", 2)
	missing = m.New("missing")
	wrong   = m.New("wrong", "x", 1)
	joined  = m.New("go" + "od")
	//messages:ids listed.a listed.b
	listed  = m.New(id)
	spread  = m.New("spread", args...)
	name    = m.New("name", key, 1)
	hidden  = m.Text{ID: "hidden"}
	other   = n.New("not ours")
)
`
	calls, got, err := fileCalls("p.go", source)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]entry{
		"good": {args: []string{"a", "b"}}, "wrong": {args: []string{"y"}}, "listed.a": {}, "listed.b": {}, "name": {args: []string{""}},
		"spread": {args: []string{"z"}}, "unused": {file: "catalog/p.en.yaml"},
	}
	got = append(got, usageProblems(calls, known)...)
	slices.Sort(got)
	want := []string{
		"messages/catalog/p.en.yaml: nobody uses unused",
		"p.go:13: the name of argument 1 is not a literal",
		"p.go:14: use messages.New",
		"p.go:7: missing is not in the catalogue",
		"p.go:8: wrong takes [y], given [x]",
		"p.go:9: the id is not a literal and no //messages:ids comment lists it",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
