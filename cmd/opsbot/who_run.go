package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"opsbot/configs"
	"opsbot/escalation"
	"opsbot/messages"
)

// whoFlags say what is to be foretold.
type whoFlags struct {
	at, alert, zone, output string
	offline                 bool
}

func who(ctx context.Context, out io.Writer, in io.Reader, c configs.Config, flags whoFlags) error {
	zone, err := time.LoadLocation(flags.zone)
	if err != nil {
		return fmt.Errorf("--timezone: %w", err)
	}
	at, err := escalation.ParseMoment(flags.at, time.Now().In(zone))
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
	forecast, err := escalation.Predict(policy, directory, n, at)
	if err != nil {
		return err
	}
	return writeForecast(out, c.Locale, flags.output, foretold{forecast, policy, directory, at})
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
