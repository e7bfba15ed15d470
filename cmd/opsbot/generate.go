package main

import (
	"github.com/spf13/cobra"

	"opsbot/app/generate"
)

// generateCommand is for the developers: it writes every generated file of the repository, which CI compares.
func generateCommand() *cobra.Command {
	return &cobra.Command{
		Use: "generate", Short: "Write the generated files of the repository", Hidden: true, Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			root := "."
			if len(args) == 1 {
				root = args[0]
			}
			return generate.All(root)
		},
	}
}
