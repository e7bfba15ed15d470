package settings

import (
	"reflect"
	"strings"
)

// envPrefix starts every environment variable that is a key.
const envPrefix = "OPSBOT_"

// Key is one key that holds a value, as opposed to a section.
type Key struct {
	Path string
	Tag  reflect.StructTag
	// Value is settable if the section is.
	Value reflect.Value
}

// Keys lists the keys below a section in order of declaration.
func Keys(section reflect.Value, path string) []Key {
	var found []Key
	for _, f := range keyFields(section.Type()) {
		value, sub := section.FieldByIndex(f.Index), Join(path, f.Tag.Get("key"))
		if isSection(f.Type) {
			found = append(found, Keys(value, sub)...)
		} else {
			found = append(found, Key{Path: sub, Tag: f.Tag, Value: value})
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
func (k Key) envName() string {
	if t := k.Value.Type(); t.Kind() == reflect.Slice && isSection(t.Elem()) {
		return ""
	}
	return envPrefix + strings.ToUpper(strings.ReplaceAll(k.Path, ".", "_"))
}

// Join appends a key to a path.
func Join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
