package k8sops

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// Every text that the package uses exists in both languages with the same arguments, and none is left over.
func TestMessageCatalogueIsComplete(t *testing.T) {
	used := usedMessages(t)
	english, chinese := readCatalogue(t, "en"), readCatalogue(t, "zh-CN")
	for id := range used {
		require.Contains(t, english, id)
		require.Contains(t, chinese, id)
	}
	for id := range english {
		require.True(t, used[id], "%s is not used", id)
		require.Equal(t, placeholders(english[id]), placeholders(chinese[id]), id)
	}
	require.Len(t, chinese, len(english))
}

func usedMessages(t *testing.T) map[string]bool {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	ids := map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, match := range regexp.MustCompile(`messages\.New\("([^"]+)"`).FindAllSubmatch(source, -1) {
			ids[string(match[1])] = true
		}
	}
	return ids
}

func readCatalogue(t *testing.T, language string) map[string]string {
	data, err := os.ReadFile("../messages/catalog/k8sops." + language + ".yaml")
	require.NoError(t, err)
	var entries map[string]any
	require.NoError(t, yaml.Unmarshal(data, &entries))
	texts := map[string]string{}
	for id, entry := range entries {
		switch entry := entry.(type) {
		case string:
			// A text with a count needs a singular in English, or one thing would have no text.
			require.False(t, language == "en" && strings.Contains(entry, "{{.count}}"), id)
			texts[id] = entry
		case map[string]any:
			if language == "en" {
				require.Contains(t, entry, "one", id)
			}
			texts[id], _ = entry["other"].(string)
		}
	}
	return texts
}

func placeholders(text string) []string {
	found := regexp.MustCompile(`{{\.\w+}}`).FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}
