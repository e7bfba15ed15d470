package main

import (
	"github.com/spf13/cobra"

	"opsbot/app/who"
)

func whoCommand() *cobra.Command {
	var config configFlag
	var flags who.Question
	cmd := &cobra.Command{
		Use: "who", Short: "Print who would be paged about an alert, when and how", Args: cobra.NoArgs,
		Long: "who runs the escalation policy on a clock of its own, with the contact table, its rotations and the overrides that are made:\n" +
			"rung by rung and stage by stage, until the ladder repeats itself. Nobody is paged.\n\n" +
			"--alert is a file with the labels of one alert ({\"alertname\": …}), an alert ({\"labels\": {…}}), or a whole Alertmanager\n" +
			"webhook; - reads standard input.",
		Example: `  opsbot who --at "Sunday 03:00" --alert alert.json` + "\n" + `  echo '{"alertname":"PostgresDown","severity":"critical"}' | opsbot who --alert - -o json`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := config.load()
			if err != nil {
				return err
			}
			return who.Run(cmd.Context(), cmd.OutOrStdout(), cmd.InOrStdin(), c, flags)
		},
	}
	config.register(cmd)
	cmd.Flags().StringVar(&flags.At, "at", "now", `when the alert comes: now, 18:00, "Sunday 03:00", "2026-03-02 03:00" or RFC 3339`)
	cmd.Flags().StringVar(&flags.Alert, "alert", "", "file with the alert; - is standard input")
	cmd.Flags().StringVar(&flags.Zone, "timezone", "Local", "time zone of --at and of the answer")
	cmd.Flags().StringVarP(&flags.Output, "output", "o", "table", "table or json")
	cmd.Flags().BoolVar(&flags.Offline, "offline", false, "do not ask Slack who the people are: suppose that it knows everybody; overrides count only for people whose Slack user is in the contact table")
	_ = cmd.MarkFlagRequired("alert") // it fails for a flag that does not exist
	return cmd
}
