package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"opsbot/configs"
	"opsbot/k8sops"
	"opsbot/messages"
)

func manifestCommand() *cobra.Command {
	var config configFlag
	cmd := &cobra.Command{
		Use: "manifest", Short: "Print the Slack app manifest", Args: cobra.NoArgs,
		Long: "manifest prints what to paste at https://api.slack.com/apps → Create New App → From a manifest.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := config.orDefault(cmd)
			if err != nil {
				return err
			}
			return writeGenerated(cmd.OutOrStdout(), c, appManifest)
		},
	}
	config.register(cmd)
	return cmd
}

func rbacCommand() *cobra.Command {
	var config configFlag
	cmd := &cobra.Command{
		Use: "rbac", Short: "Print the Kubernetes RBAC of the bot and the contact roles", Args: cobra.NoArgs,
		Long: "rbac prints manifests for kubectl apply -f -: the bot's service account, which may only impersonate the people and groups\n" +
			"of the configuration, and a role for each contact role with exactly the access of its operations.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := config.load()
			if err != nil {
				return err
			}
			return writeGenerated(cmd.OutOrStdout(), c, rbacYAML)
		},
	}
	config.register(cmd)
	return cmd
}

func rbacYAML(c configs.Config) ([]byte, error) {
	catalog, err := describedCatalog(c)
	if err != nil {
		return nil, err
	}
	return k8sops.RBACYAML(catalog, rbacOptions(c))
}

func writeGenerated(out io.Writer, c configs.Config, generate func(configs.Config) ([]byte, error)) error {
	data, err := generate(c)
	if err != nil {
		return err
	}
	_, err = out.Write(data)
	return err
}

// generateCommand is for the developers: it writes every generated file of the repository, which CI compares.
func generateCommand() *cobra.Command {
	return &cobra.Command{
		Use: "generate", Short: "Write the generated files of the repository", Hidden: true, Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			root := "."
			if len(args) == 1 {
				root = args[0]
			}
			return generateAll(root)
		},
	}
}

func generateAll(root string) error {
	c, err := sampleConfig()
	if err != nil {
		return err
	}
	files := map[string]func(configs.Config) ([]byte, error){
		"deploy/slack-manifest.yaml": appManifest,
		"deploy/rbac.yaml":           rbacYAML,
		"configs/opsbot.yaml":        func(configs.Config) ([]byte, error) { return sampleFile() },
		"docs/commands.md":           func(c configs.Config) ([]byte, error) { return commandReference(c, messages.English) },
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

// The README's configuration table stands between these lines.
const (
	tableBegin = "<!-- configuration table: generated, see make generate -->"
	tableEnd   = "<!-- end of the configuration table -->"
)

func replaceTable(path string) error {
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	head, rest, ok := strings.Cut(string(old), tableBegin)
	_, tail, ok2 := strings.Cut(rest, tableEnd)
	if !ok || !ok2 {
		return fmt.Errorf("%s: the lines around the configuration table are missing", path)
	}
	var table bytes.Buffer
	if err := configs.WriteTable(&table); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(head+tableBegin+"\n\n"+table.String()+"\n"+tableEnd+tail), 0o644)
}
