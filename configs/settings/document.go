package settings

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Document is a parsed YAML file that remembers where each path stands.
type Document struct {
	name   string
	values map[string]any
	lines  map[string]int
}

// ParseDocument parses a YAML file and checks its keys against the type of a section. Values are nil when it is no YAML
// at all; otherwise they are usable in spite of problems.
func ParseDocument(name string, data []byte, section reflect.Type) (Document, Problems) {
	doc := Document{name: name, lines: map[string]int{}}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var root yaml.Node
	switch err := decoder.Decode(&root); {
	case errors.Is(err, io.EOF):
		return doc, nil
	case err != nil:
		return doc, notYAML(name, err)
	case root.Content[0].Kind != yaml.MappingNode:
		return doc, Problems{{Path: name, What: "does not consist of keys", Fix: "start each line with a key and a colon"}}
	}
	var values map[string]any
	if err := root.Decode(&values); err != nil { // a key given twice
		return doc, notYAML(name, err)
	}
	doc.values = values
	problems := doc.check(root.Content[0], section, "")
	if decoder.Decode(&yaml.Node{}) == nil {
		problems.Add(name, "has a second YAML document after ---", "keep everything in one")
	}
	return doc, problems
}

func notYAML(name string, err error) Problems {
	what := strings.TrimPrefix(err.Error(), "yaml: ")
	var many *yaml.TypeError
	if errors.As(err, &many) {
		what = strings.Join(many.Errors, "; ")
	}
	return Problems{{Path: name, What: "is not valid YAML: " + what, Fix: "mend it"}}
}

// Decode decodes the file into the section that target points to. It returns the problems of parsing and its own.
func (d *Document) Decode(target any, problems Problems) Problems {
	decoder := decoder{problems: problems}
	decoder.section("", d.values, reflect.ValueOf(target).Elem())
	return decoder.problems
}

// Usable tells whether there is anything behind the problems of parsing; an empty file is usable.
func (d *Document) Usable(problems Problems) bool { return d.values != nil || len(problems) == 0 }

// check finds keys that the type does not have, and notes where the known ones stand.
func (d *Document) check(node *yaml.Node, t reflect.Type, path string) Problems {
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	switch {
	case t.Kind() == reflect.Slice && isSection(t.Elem()) && node.Kind == yaml.SequenceNode:
		return d.checkList(node, t.Elem(), path)
	case !isSection(t) || node.Tag == "!!null":
		return nil
	case node.Kind != yaml.MappingNode:
		return Problems{{
			Path: path, Origin: d.at(node.Line), What: "must be a section", Fix: "put its keys below it, indented",
		}}
	}
	return d.checkSection(node, t, path)
}

func (d *Document) checkList(node *yaml.Node, element reflect.Type, path string) Problems {
	var problems Problems
	for i, item := range node.Content {
		at := fmt.Sprintf("%s[%d]", path, i)
		d.lines[at] = item.Line
		problems = append(problems, d.check(item, element, at)...)
	}
	return problems
}

func (d *Document) checkSection(node *yaml.Node, section reflect.Type, path string) Problems {
	var problems Problems
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		at := Join(path, key.Value)
		d.lines[at] = key.Line
		field, known := fieldOf(section, key.Value)
		if !known {
			problems = append(problems, Problem{
				Path: at, Origin: d.at(key.Line), What: "unknown key", Fix: Suggest(key.Value, keyNames(section)),
			})
			continue
		}
		problems = append(problems, d.check(value, field.Type, at)...)
	}
	return problems
}

func fieldOf(section reflect.Type, key string) (reflect.StructField, bool) {
	for _, f := range keyFields(section) {
		if f.Tag.Get("key") == key {
			return f, true
		}
	}
	return reflect.StructField{}, false
}

func (d *Document) at(line int) string { return fmt.Sprintf("%s:%d", d.name, line) }

// Origin names the line of a path, or of the nearest list item above it: "opsbot.yaml:12".
func (d *Document) Origin(path string) string {
	for ; path != ""; path = parent(path) {
		if line, ok := d.lines[path]; ok {
			return d.at(line)
		}
	}
	return ""
}

// Cause is the reason of a file error without the path, which the problem names already.
func Cause(err error) string {
	var pathError *os.PathError
	if errors.As(err, &pathError) {
		return pathError.Err.Error()
	}
	return err.Error()
}
