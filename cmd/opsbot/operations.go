package main

import (
	"github.com/spf13/cobra"

	"opsbot/app/generate"
	"opsbot/configs"
)

func operationsCommand() *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use: "operations", Short: "Print the catalogue of operations", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return generate.PrintOperations(cmd.OutOrStdout(), configs.Default(), output)
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "table", "table or json")
	return cmd
}
