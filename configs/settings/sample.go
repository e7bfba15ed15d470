package settings

import (
	"fmt"
	"io"
	"reflect"
	"strings"
)

const commentWidth = 100

// WriteSample writes a section, a struct with its defaults, as a commented YAML file below a head.
func WriteSample(w io.Writer, head string, section any) error {
	s := sample{}
	s.b.WriteString(head)
	s.section(reflect.ValueOf(section), "")
	_, err := io.WriteString(w, s.b.String())
	return err
}

type sample struct{ b strings.Builder }

func (s *sample) section(section reflect.Value, indent string) {
	for _, f := range keyFields(section.Type()) {
		if indent == "" {
			s.b.WriteString("\n")
		}
		s.comment(f.Tag, indent)
		value, name := section.FieldByIndex(f.Index), f.Tag.Get("key")
		if isSection(f.Type) {
			fmt.Fprintf(&s.b, "%s%s:\n", indent, name)
			s.section(value, indent+"  ")
		} else {
			fmt.Fprintf(&s.b, "%s%s: %s\n", indent, name, yamlText(value))
		}
	}
}

func (s *sample) comment(tag reflect.StructTag, indent string) {
	text := tag.Get("doc")
	if example := tag.Get("example"); example != "" {
		text += " Example: " + example
	}
	line := indent + "#"
	for word := range strings.FieldsSeq(text) {
		if len(line)+1+len(word) > commentWidth {
			s.b.WriteString(line + "\n")
			line = indent + "#"
		}
		line += " " + word
	}
	s.b.WriteString(line + "\n")
}
