package templatediff

import (
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func object(apiVersion, kind, key, value string) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": apiVersion, "kind": kind, "metadata": map[string]any{"name": "x"}, "data": map[string]any{key: value},
	}}
}

func TestADiffOfObjectsShowsNoValueOfData(t *testing.T) {
	for _, kind := range [][2]string{{"v1", "ConfigMap"}, {"v1", "Secret"}, {"shop.example.com/v1", "Discount"}} {
		// The keys have the names of fields that may be shown.
		for _, key := range []string{"port", "name", "image", "secretName", "restartPolicy", "key"} {
			diff := OfObjects("X/x", object(kind[0], kind[1], key, "aHVudGVyMg=="), object(kind[0], kind[1], key, "aHVudGVy"))
			require.NotEmpty(t, diff)
			require.NotContains(t, diff, "hunter")
			require.NotContains(t, diff, "aHVudGVy")
		}
		require.Empty(t, OfObjects("X/x", object(kind[0], kind[1], "a", "YQ=="), object(kind[0], kind[1], "a", "YQ==")))
	}
}

func TestWhatWasAddedToAnObject(t *testing.T) {
	require.Equal(t, []string{"data[new]"}, AddedFields(object("v1", "ConfigMap", "a", "1"), merge(object("v1", "ConfigMap", "a", "1"), "new")))
	require.Equal(t, []string{"data.new"}, AddedFields(object("x.example.com/v1", "X", "a", "1"), merge(object("x.example.com/v1", "X", "a", "1"), "new")))
}

func merge(o *unstructured.Unstructured, key string) *unstructured.Unstructured {
	o.Object["data"].(map[string]any)[key] = "2"
	return o
}
