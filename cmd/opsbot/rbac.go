package main

import (
	"github.com/spf13/cobra"

	"opsbot/app/generate"
)

func rbacCommand() *cobra.Command {
	var config configFlag
	var cluster string
	var choice generate.RBACChoice
	cmd := &cobra.Command{
		Use: "rbac", Short: "Print the Kubernetes RBAC of the bot and the contact roles", Args: cobra.NoArgs,
		Long: "rbac prints manifests for kubectl apply -f -: the bot's service account, which may only impersonate the people and groups\n" +
			"of the configuration, and a role for each contact role with exactly the access of its operations. Where there are several\n" +
			"clusters, --cluster says for which one.\n\n" +
			"The bot may do as somebody else only what its operations do (constrained impersonation, Kubernetes 1.36). An older API server\n" +
			"refuses the bot everything then: give --unconstrained there, and read docs/rights.md on what the bot's token is worth.\n" +
			"opsbot check says what the server has and what the bot's rights use.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := config.load()
			if err != nil {
				return err
			}
			if c, err = c.ForCluster(cluster); err != nil {
				return err
			}
			return generate.Write(cmd.OutOrStdout(), c, choice.YAML)
		},
	}
	config.register(cmd)
	cmd.Flags().StringVar(&cluster, "cluster", "", "name of the cluster, where there are several")
	cmd.Flags().StringArrayVar(&choice.Without, "without", nil, `operation that nobody gets rights for, such as "secret rotate"; may be repeated`)
	cmd.Flags().BoolVar(&choice.Unconstrained, "unconstrained", false, "for API servers before Kubernetes 1.36, or without the feature ConstrainedImpersonation")
	return cmd
}
