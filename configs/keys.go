package configs

import (
	"reflect"
	"strings"
)

// envPrefix starts every environment variable that is a key.
const envPrefix = "OPSBOT_"

// leaf is one key that holds a value, as opposed to a section.
type leaf struct {
	path  string
	tag   reflect.StructTag
	value reflect.Value
}

// leaves lists the keys below a section in order of declaration. The values are settable if section is.
func leaves(section reflect.Value, path string) []leaf {
	var found []leaf
	for _, f := range keyFields(section.Type()) {
		value, sub := section.FieldByIndex(f.Index), join(path, f.Tag.Get("key"))
		if isSection(f.Type) {
			found = append(found, leaves(value, sub)...)
		} else {
			found = append(found, leaf{path: sub, tag: f.Tag, value: value})
		}
	}
	return found
}

// keyFields are the fields of a section that are keys.
func keyFields(section reflect.Type) []reflect.StructField {
	var fields []reflect.StructField
	for _, f := range reflect.VisibleFields(section) {
		if f.Tag.Get("key") != "" {
			fields = append(fields, f)
		}
	}
	return fields
}

// keyNames are the names of a section's keys.
func keyNames(section reflect.Type) []string {
	var names []string
	for _, f := range keyFields(section) {
		names = append(names, f.Tag.Get("key"))
	}
	return names
}

func isSection(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && len(keyFields(t)) > 0
}

// envName is the environment variable of a key, "" for a list of sections, which only a file can express.
func (l leaf) envName() string {
	if t := l.value.Type(); t.Kind() == reflect.Slice && isSection(t.Elem()) {
		return ""
	}
	return envPrefix + strings.ToUpper(strings.ReplaceAll(l.path, ".", "_"))
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
