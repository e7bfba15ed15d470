package main

import (
	"github.com/spf13/cobra"

	"opsbot/app/generate"
)

func rbacCommand() *cobra.Command {
	var config configFlag
	var cluster string
	cmd := &cobra.Command{
		Use: "rbac", Short: "Print the Kubernetes RBAC of the bot and the contact roles", Args: cobra.NoArgs,
		Long: "rbac prints manifests for kubectl apply -f -: the bot's service account, which may only impersonate the people and groups\n" +
			"of the configuration, and a role for each contact role with exactly the access of its operations. Where there are several\n" +
			"clusters, --cluster says for which one.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := config.load()
			if err != nil {
				return err
			}
			if c, err = c.ForCluster(cluster); err != nil {
				return err
			}
			return generate.Write(cmd.OutOrStdout(), c, generate.RBACYAML)
		},
	}
	config.register(cmd)
	cmd.Flags().StringVar(&cluster, "cluster", "", "name of the cluster, where there are several")
	return cmd
}
