package generate

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"opsbot/app/configured"
	"opsbot/configs"
	"opsbot/k8sops"
	"opsbot/messages"
)

// PrintOperations prints the catalogue as a table or as JSON.
func PrintOperations(out io.Writer, c configs.Config, output string) error {
	described, err := describeOperations(c)
	if err != nil {
		return err
	}
	switch output {
	case "json":
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(described)
	case "table":
		return writeOperations(out, described)
	default:
		return fmt.Errorf("--output %q: want table or json", output)
	}
}

// operationJSON is one operation as `opsbot operations -o json` prints it.
type operationJSON struct {
	Name     string            `json:"name"`
	Aliases  []string          `json:"aliases,omitempty"`
	Summary  map[string]string `json:"summary"` // by language
	Usage    string            `json:"usage"`
	Danger   string            `json:"danger"`
	Args     []argJSON         `json:"args,omitempty"`
	Access   []accessJSON      `json:"access,omitempty"`
	Roles    []k8sops.Role     `json:"roles"`
	Examples []string          `json:"examples"`
}

type argJSON struct {
	Name       string            `json:"name"`
	Kind       string            `json:"kind"`
	Summary    map[string]string `json:"summary"`
	Positional bool              `json:"positional"`
	Required   bool              `json:"required"`
	Default    string            `json:"default,omitempty"`
	Choices    []string          `json:"choices,omitempty"`
}

type accessJSON struct {
	Verb        string `json:"verb"`
	Group       string `json:"group"`
	Resource    string `json:"resource"`
	Subresource string `json:"subresource,omitempty"`
	Name        string `json:"name,omitempty"`
	ClusterWide bool   `json:"cluster_wide,omitempty"`
	Probe       bool   `json:"probe,omitempty"`
	Restart     bool   `json:"restart,omitempty"`
	Optional    bool   `json:"optional,omitempty"`
}

func describeOperations(c configs.Config) ([]operationJSON, error) {
	catalog, err := configured.DescribedCatalog(c)
	if err != nil {
		return nil, err
	}
	texts, err := messages.Load()
	if err != nil {
		return nil, err
	}
	described := make([]operationJSON, len(catalog))
	for i, op := range catalog {
		described[i] = describe(texts, op)
	}
	return described, nil
}

func describe(texts *messages.Catalogue, op k8sops.Operation) operationJSON {
	in := func(t messages.Text) map[string]string {
		words := map[string]string{}
		for _, locale := range messages.Locales() {
			words[locale] = texts.Printer(locale, messages.Plain()).Text(t)
		}
		return words
	}
	d := operationJSON{
		Name: op.Name, Aliases: op.Aliases, Summary: in(op.Summary), Usage: "/" + k8sops.Usage(&op), Danger: op.Danger.String(), Roles: op.Owners, Examples: op.Examples,
	}
	for _, a := range op.Shown() {
		d.Args = append(d.Args, argJSON{a.Name, a.Kind.String(), in(a.Summary), a.Positional, a.Required, a.Default, a.Choices})
	}
	for _, a := range op.Access {
		d.Access = append(d.Access, accessJSON(a))
	}
	return d
}

func writeOperations(out io.Writer, operations []operationJSON) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "USAGE\tDANGER\tROLES\tSUMMARY")
	for _, op := range operations {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", op.Usage, op.Danger, joined(op.Roles), op.Summary[messages.English])
	}
	return w.Flush()
}
