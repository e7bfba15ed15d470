package settings

import (
	"fmt"
	"io"
	"reflect"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"opsbot/internal/secret"
	"opsbot/internal/wallclock"
)

// KeyDoc documents one key. Default is empty where there is none; Env is empty for what only a file can express.
type KeyDoc struct {
	Path        string
	Type        string
	Default     string
	Env         string
	Description string
	// Example is given where the default shows nothing.
	Example string
}

// Reference documents every key of a section, a struct with its defaults, in order of declaration. An element of a list of
// sections has a path like "routing[].role".
func Reference(section any) []KeyDoc {
	var docs []KeyDoc
	for _, k := range Keys(reflect.ValueOf(section), "") {
		doc := k.doc()
		doc.Env = k.envName()
		docs = append(append(docs, doc), k.elements()...)
	}
	return docs
}

// elements document the keys of a list of sections.
func (k Key) elements() []KeyDoc {
	t := k.Value.Type()
	if t.Kind() != reflect.Slice || !isSection(t.Elem()) {
		return nil
	}
	var docs []KeyDoc
	section := reflect.New(t.Elem()).Elem()
	setDefaults(section)
	for _, element := range Keys(section, k.Path+"[]") {
		docs = append(append(docs, element.doc()), element.elements()...)
	}
	return docs
}

func (k Key) doc() KeyDoc {
	return KeyDoc{
		Path:        k.Path,
		Type:        typeName(k.Value.Type()),
		Default:     defaultText(k.Value),
		Description: k.Tag.Get("doc"),
		Example:     k.Tag.Get("example"),
	}
}

// WriteTable writes a reference as a Markdown table.
func WriteTable(w io.Writer, docs []KeyDoc) error {
	var b strings.Builder
	b.WriteString("| key | type | default | environment | meaning |\n|---|---|---|---|---|\n")
	for _, doc := range docs {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n",
			doc.Path, doc.Type, code(doc.Default), code(doc.Env), strings.ReplaceAll(doc.Description, "|", `\|`))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func code(text string) string {
	if text == "" {
		return ""
	}
	return "`" + strings.ReplaceAll(text, "|", `\|`) + "`"
}

func typeName(t reflect.Type) string {
	switch reflect.Zero(t).Interface().(type) {
	case secret.Text:
		return "secret"
	case URL, SecretURL:
		return "URL"
	case time.Duration:
		return "duration"
	}
	switch {
	case t.Kind() == reflect.Slice && isSection(t.Elem()):
		return "list of sections"
	case t.Kind() == reflect.Slice:
		return "list of " + typeName(t.Elem()) + "s"
	case t.Kind() == reflect.Int:
		return "number"
	case t.Kind() == reflect.Bool:
		return "true or false"
	default:
		return "text"
	}
}

// defaultText is a default as YAML writes it, on one line.
func defaultText(value reflect.Value) string {
	if value.IsZero() {
		return ""
	}
	return yamlText(value)
}

func yamlText(value reflect.Value) string {
	if d, ok := value.Interface().(time.Duration); ok {
		return wallclock.FormatDuration(d)
	}
	if value.Kind() == reflect.Slice {
		items := make([]string, value.Len())
		for i := range items {
			items[i] = yamlText(value.Index(i))
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	text, err := yaml.Marshal(value.Interface())
	if err != nil {
		panic(err) // a type without a YAML form among the keys
	}
	return strings.TrimSpace(string(text))
}
