package templatediff

import (
	"maps"
	"reflect"
	"slices"

	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
)

// OfObjects says what changes of an object: values that may be shown of Kubernetes' own kinds, of others where something changes.
func OfObjects(name string, live, result *unstructured.Unstructured) string {
	if equality.Semantic.DeepEqual(live.Object, result.Object) {
		return ""
	}
	before, after, known := typed(live, result)
	if known {
		if diff := typedDiff(name, before, after); diff != "" {
			return diff
		}
	}
	return "! " + name + " (changed)\n"
}

// AddedFields are the fields that an object has and the backup does not mention: applying it leaves them.
func AddedFields(wanted, result *unstructured.Unstructured) []string {
	if before, after, known := typed(wanted, result); known {
		return added(before, after)
	}
	return addedFields(wanted.Object, result.Object, "")
}

// addedFields tells the fields of a custom kind; lists count as one value.
func addedFields(wanted, result map[string]any, path string) (added []string) {
	for _, key := range slices.Sorted(maps.Keys(result)) {
		value, was := wanted[key]
		if !was {
			added = append(added, path+key)
			continue
		}
		inner, isMap := result[key].(map[string]any)
		if old, wasMap := value.(map[string]any); isMap && wasMap {
			added = append(added, addedFields(old, inner, path+key+".")...)
		}
	}
	return added
}

// typed are two objects as the types of their kind, where it is one of Kubernetes' own.
func typed(a, b *unstructured.Unstructured) (first, second any, known bool) {
	objects := make([]any, 2)
	for i, o := range []*unstructured.Unstructured{a, b} {
		object, err := scheme.Scheme.New(o.GroupVersionKind())
		if err != nil || runtime.DefaultUnstructuredConverter.FromUnstructured(o.Object, object) != nil {
			return nil, nil, false
		}
		objects[i] = reflect.ValueOf(object).Elem().Interface()
	}
	return objects[0], objects[1], true
}
