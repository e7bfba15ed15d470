// Package who is opsbot who: who would be paged about an alert, when, and by which channel.
package who

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"opsbot/app/configured"
	"opsbot/configs"
	"opsbot/escalation/forecast"
	"opsbot/internal/wallclock"
	"opsbot/messages"
)

// Question says what is to be foretold.
type Question struct {
	At, Alert, Zone, Output string
	Offline                 bool
}

// Run answers a question as `opsbot who` does; in is standard input.
func Run(ctx context.Context, out io.Writer, in io.Reader, c configs.Config, flags Question) error {
	zone, err := time.LoadLocation(flags.Zone)
	if err != nil {
		return fmt.Errorf("--timezone: %w", err)
	}
	at, err := wallclock.Parse(flags.At, time.Now().In(zone))
	if err != nil {
		return fmt.Errorf("--at: %w", err)
	}
	n, err := readAlert(flags.Alert, in, at)
	if err != nil {
		return fmt.Errorf("--alert %s: %w", flags.Alert, err)
	}
	directory, err := directoryAt(ctx, c, at, flags.Offline)
	if err != nil {
		return err
	}
	policy, err := configured.Policy(c, c.Slack.IncidentChannel)
	if err != nil {
		return err
	}
	forecast, err := forecast.Predict(policy, directory, n, at)
	if err != nil {
		return err
	}
	return writeForecast(out, c.Locale, flags.Output, forecastView{forecast, policy, directory, at})
}

func writeForecast(out io.Writer, locale, output string, f forecastView) error {
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
		format.Date = f.formatTime
		_, err = fmt.Fprintln(out, strings.TrimRight(texts.Printer(locale, format).CardPlain(f.card()), "\n"))
		return err
	default:
		return fmt.Errorf("--output %q: want table or json", output)
	}
}
