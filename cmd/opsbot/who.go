package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"opsbot/bot"
	"opsbot/bot/directory"
	"opsbot/configs"
	"opsbot/escalation"
	"opsbot/escalation/forecast"
	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/escalation/webhook"
	"opsbot/messages"
	"opsbot/store"
	"opsbot/store/sqldb"
)

// whoFlags say what is to be foretold.
type whoFlags struct {
	at, alert, zone, output string
	offline                 bool
}

func whoCommand() *cobra.Command {
	var config configFlag
	var flags whoFlags
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
			return who(cmd.Context(), cmd.OutOrStdout(), cmd.InOrStdin(), c, flags)
		},
	}
	config.register(cmd)
	cmd.Flags().StringVar(&flags.at, "at", "now", `when the alert comes: now, 18:00, "Sunday 03:00", "2026-03-02 03:00" or RFC 3339`)
	cmd.Flags().StringVar(&flags.alert, "alert", "", "file with the alert; - is standard input")
	cmd.Flags().StringVar(&flags.zone, "timezone", "Local", "time zone of --at and of the answer")
	cmd.Flags().StringVarP(&flags.output, "output", "o", "table", "table or json")
	cmd.Flags().BoolVar(&flags.offline, "offline", false, "do not ask Slack who the people are: suppose that it knows everybody; overrides count only for people whose Slack user is in the contact table")
	_ = cmd.MarkFlagRequired("alert") // it fails for a flag that does not exist
	return cmd
}

func who(ctx context.Context, out io.Writer, in io.Reader, c configs.Config, flags whoFlags) error {
	zone, err := time.LoadLocation(flags.zone)
	if err != nil {
		return fmt.Errorf("--timezone: %w", err)
	}
	at, err := oncall.ParseTime(flags.at, time.Now().In(zone))
	if err != nil {
		return fmt.Errorf("--at: %w", err)
	}
	n, err := readAlert(flags.alert, in, at)
	if err != nil {
		return fmt.Errorf("--alert %s: %w", flags.alert, err)
	}
	directory, err := whoDirectory(ctx, c, at, flags.offline)
	if err != nil {
		return err
	}
	policy, err := policyOf(c, c.Slack.IncidentChannel)
	if err != nil {
		return err
	}
	predicted, err := forecast.Predict(policy, directory, n, at)
	if err != nil {
		return err
	}
	return writeForecast(out, c.Locale, flags.output, foretold{predicted, policy, directory, at})
}

// whoDirectory is the contact table as it holds at the given time.
func whoDirectory(ctx context.Context, c configs.Config, at time.Time, offline bool) (oncall.Directory, error) {
	contacts := contactsOf(c)
	if offline {
		supposeUsers(contacts)
	} else {
		var err error
		if contacts, _, err = findContacts(ctx, directory.NewPeople(slackConnection(c).Client(), bot.Self{}, nil), contacts); err != nil {
			return escalation.Directory{}, fmt.Errorf("%w (--offline does without Slack)", err)
		}
	}
	overrides, err := storedOverrides(ctx, c, at)
	if err != nil {
		return oncall.Directory{}, err
	}
	directory, err := oncall.NewDirectory(contacts, rotationsOf(c)...)
	if err != nil {
		return oncall.Directory{}, err
	}
	feed := calendarFeed(c, directory, zap.NewNop())
	feed.Refresh(ctx)
	for role, read := range feed.Calendars() {
		if read.Problem != "" {
			return oncall.Directory{}, fmt.Errorf("calendar of the role %s cannot be read: %s", role, read.Problem)
		}
	}
	return directory.WithOverrides(overrides).WithCalendars(feed.Calendars()), nil
}

// supposeUsers gives a Slack user to everybody who has none in the table, the same one in each of a person's rows.
func supposeUsers(contacts []oncall.Contact) {
	for i, c := range contacts {
		if c.Slack == "" && c.Email != "" {
			first := slices.IndexFunc(contacts, func(o oncall.Contact) bool { return o.ID == c.ID })
			contacts[i].Slack = unknownUser + strconv.Itoa(first)
		}
	}
}

// storedOverrides are the overrides that end after the given time; none where opsbot has never run.
func storedOverrides(ctx context.Context, c configs.Config, after time.Time) ([]oncall.Override, error) {
	s, err := store.OpenReadOnly(ctx, c.Storage.URL.Reveal())
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = s.Close() }() // it was only read
	overrides, err := s.Overrides(ctx, after)
	if errors.Is(err, sqldb.ErrNoTable) {
		return nil, nil
	}
	return overrides, err
}

// readAlert reads labels, an alert with labels and annotations, or a webhook, as a delivery that comes at the given time.
func readAlert(file string, in io.Reader, at time.Time) (incident.Notification, error) {
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return incident.Notification{}, err
		}
		defer func() { _ = f.Close() }() // it was only read
		in = f
	}
	data, err := io.ReadAll(in)
	if err != nil {
		return incident.Notification{}, err
	}
	var form map[string]json.RawMessage
	if err := json.Unmarshal(data, &form); err != nil {
		return incident.Notification{}, fmt.Errorf("want a JSON object: %w", err)
	}
	if _, isWebhook := form["alerts"]; isWebhook {
		return webhook.Decode(data, at)
	}
	var one struct {
		Labels      map[string]string `json:"labels"`
		Annotations map[string]string `json:"annotations"`
	}
	target := any(&one.Labels)
	if _, isAlert := form["labels"]; isAlert {
		target = &one
	}
	if err := json.Unmarshal(data, target); err != nil {
		return incident.Notification{}, fmt.Errorf("labels are texts: %w", err)
	}
	return incident.Notification{
		ReceivedAt: at, GroupKey: "who", Labels: map[string]string{"alertname": one.Labels["alertname"]},
		Alerts: []incident.Alert{{
			Fingerprint: "0000000000000000", Firing: true, Labels: one.Labels, Annotations: one.Annotations, StartsAt: at,
		}},
	}, nil
}

// foretold is a forecast with what it was made from.
type foretold struct {
	forecast.Forecast
	policy    escalation.Policy
	directory oncall.Directory
	at        time.Time
}

func writeForecast(out io.Writer, locale, output string, f foretold) error {
	switch output {
	case "json":
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(f.json())
	case "table":
		texts, err := messages.Load()
		if err != nil {
			return err
		}
		format := messages.Plain()
		format.Date = f.stamp
		_, err = fmt.Fprintln(out, strings.TrimRight(texts.Printer(locale, format).CardPlain(f.card()), "\n"))
		return err
	default:
		return fmt.Errorf("--output %q: want table or json", output)
	}
}
