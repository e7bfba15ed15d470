package templatediff

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// field is one value of an object. Shown says that a person may read it.
type field struct {
	value string
	shown bool
}

func (f field) text(unsaid string) string {
	if f.shown {
		return ": " + f.value
	}
	return unsaid
}

// fieldsOf are the values of an object by path: spec.containers[user].image. Lists whose elements have no name, and maps whose keys
// are data, count as one value: neither an argument nor a driver's attribute is told by its place.
func fieldsOf(object any) map[string]field {
	w := fieldWalk{}
	w.walk(reflect.ValueOf(object), "", "")
	return w
}

type fieldWalk map[string]field

// walk adds the values below v. Path names the place, kind is the path without names of elements and keys, as shownForms has it.
func (w fieldWalk) walk(v reflect.Value, path, kind string) {
	if !v.IsValid() || v.IsZero() && v.Kind() != reflect.Pointer {
		return
	}
	if text, ok := scalar(v); ok {
		w[path] = field{text, isShown(kind, text)}
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			w.pointee(v.Elem(), path, kind)
		}
	case reflect.Struct:
		w.fields(v, path, kind)
	case reflect.Map:
		w.entries(v, path, kind)
	case reflect.Slice:
		w.elements(v, path, kind)
	case reflect.Bool, reflect.Int, reflect.Int32, reflect.Int64:
		w[path] = field{fmt.Sprint(v.Interface()), true}
	default:
		w[path] = field{value: fmt.Sprint(v.Interface())}
	}
}

// pointee keeps a zero that somebody set: replicas, privileged: false.
func (w fieldWalk) pointee(v reflect.Value, path, kind string) {
	switch v.Kind() {
	case reflect.Struct:
		if v.IsZero() {
			w[path] = field{"{}", true} // emptyDir: {}
			return
		}
		w.walk(v, path, kind)
	case reflect.String:
		w[path] = field{v.String(), isShown(kind, v.String())}
	default:
		w[path] = field{fmt.Sprint(v.Interface()), true}
	}
}

func (w fieldWalk) fields(v reflect.Value, path, kind string) {
	for i := range v.NumField() {
		name, options, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if name == "" || strings.Contains(options, "inline") {
			w.walk(v.Field(i), path, kind)
			continue
		}
		w.walk(v.Field(i), join(path, name), join(kind, name))
	}
}

func (w fieldWalk) entries(v reflect.Value, path, kind string) {
	if !hasNames(kind) {
		w.whole(v, path)
		return
	}
	for _, key := range v.MapKeys() {
		text, ok := scalar(v.MapIndex(key))
		if !ok {
			text = fmt.Sprint(v.MapIndex(key).Interface())
		}
		at := path + "[" + shownName(key.String()) + "]"
		w[w.unused(at)] = field{text, isShown(kind, text) || isRestartTime(key.String(), text)}
	}
}

func (w fieldWalk) elements(v reflect.Value, path, kind string) {
	if !hasNames(kind) {
		w.whole(v, path)
		return
	}
	seen := map[string]int{}
	for i := range v.Len() {
		id := elementName(v.Index(i), i)
		if seen[id]++; seen[id] > 1 {
			id = fmt.Sprintf("%s#%d", id, seen[id])
		}
		w.walk(v.Index(i), path+"["+id+"]", kind)
	}
}

// whole takes a list or a map as one value that is not shown.
func (w fieldWalk) whole(v reflect.Value, path string) {
	data, err := json.Marshal(v.Interface())
	if err != nil {
		data = fmt.Append(nil, v.Interface())
	}
	w[path] = field{value: string(data)}
}

// unused tells two keys apart that cannot be shown.
func (w fieldWalk) unused(path string) string {
	at := path
	for n := 2; ; n++ {
		if _, taken := w[at]; !taken {
			return at
		}
		at = fmt.Sprintf("%s#%d", path, n)
	}
}

// scalar is the text of a value that Kubernetes writes as one, though it is a struct.
func scalar(v reflect.Value) (string, bool) {
	switch value := v.Interface().(type) {
	case resource.Quantity:
		return value.String(), true
	case intstr.IntOrString:
		return value.String(), true
	case metav1.Time:
		return value.UTC().Format("2006-01-02T15:04:05Z"), true
	}
	if v.Kind() == reflect.String {
		return v.String(), true
	}
	return "", false
}

// elementName names an element of a list by its name, or by its place.
func elementName(v reflect.Value, at int) string {
	if name := v.FieldByName("Name"); name.IsValid() && name.Kind() == reflect.String && name.String() != "" {
		return shownName(name.String())
	}
	if port := v.FieldByName("ContainerPort"); port.IsValid() {
		return fmt.Sprint(port.Int())
	}
	return fmt.Sprint(at)
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
