// Package generate writes what follows from the catalogue of operations and from the configuration: the Slack manifest, the
// RBAC, the command reference, the sample configuration.
package generate

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"opsbot/configs"
	"opsbot/messages"
)

// Write prints one generated text.
func Write(out io.Writer, c configs.Config, generate func(configs.Config) ([]byte, error)) error {
	data, err := generate(c)
	if err != nil {
		return err
	}
	_, err = out.Write(data)
	return err
}

// All writes every generated file of the repository at root.
func All(root string) error {
	c, err := sampleConfig()
	if err != nil {
		return err
	}
	files := map[string]func(configs.Config) ([]byte, error){
		"deploy/slack-manifest.yaml": Manifest,
		"deploy/rbac.yaml":           RBACYAML,
		"configs/opsbot.yaml":        func(configs.Config) ([]byte, error) { return sampleFile() },
		"docs/commands.md":           func(c configs.Config) ([]byte, error) { return commandReference(c, messages.English) },
		"docs/danger.md":             func(c configs.Config) ([]byte, error) { return dangerReference(c, messages.English) },
		"docs/danger.zh-CN.md":       func(c configs.Config) ([]byte, error) { return dangerReference(c, messages.Chinese) },
		"docs/commands.zh-CN.md":     func(c configs.Config) ([]byte, error) { return commandReference(c, messages.Chinese) },
	}
	for name, generate := range files {
		data, err := generate(c)
		if err != nil {
			return fmt.Errorf("generate %s: %w", name, err)
		}
		if err := writeFile(filepath.Join(root, name), data); err != nil {
			return err
		}
	}
	return replaceTable(filepath.Join(root, "README.md"))
}

func writeFile(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o644)
}

// sampleConfig is the default configuration with the handbook's contact table, which the generated RBAC is made for.
func sampleConfig() (configs.Config, error) {
	c := configs.Default()
	people, err := configs.HandbookContacts()
	c.People = people
	return c, err
}

// sampleFile is the commented sample, which equals the defaults.
func sampleFile() ([]byte, error) {
	var out bytes.Buffer
	err := configs.WriteSample(&out)
	return out.Bytes(), err
}
