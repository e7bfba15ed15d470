package figures

import (
	"context"
	"fmt"
	"regexp"

	"opsbot/internal/lab"
)

// peer is a program that opsbot is measured beside.
type peer struct {
	name    string
	program string // path
}

// alertmanagers finds and builds both Alertmanagers for the first figure that needs them: the newest one, and the one that
// Debian's users have.
func (s *Suite) alertmanagers(ctx context.Context) ([]peer, error) {
	if s.peers != nil {
		return s.peers, nil
	}
	s.Say("building Alertmanager (minutes the first time)")
	newest, err := buildAlertmanager(ctx, s.Root)
	if err != nil {
		return nil, err
	}
	debian, err := installedAlertmanager(ctx)
	if err != nil {
		return nil, err
	}
	s.peers = []peer{newest, debian}
	return s.peers, nil
}

func installedAlertmanager(ctx context.Context) (peer, error) {
	program, err := lab.FindAlertmanager()
	if err != nil {
		return peer{}, fmt.Errorf("the peer is not installed (Debian package prometheus-alertmanager): %w", err)
	}
	text, err := lab.Output(ctx, program, "--version")
	if err != nil {
		return peer{}, err
	}
	version := regexp.MustCompile(`version ([0-9]+\.[0-9]+)`).FindSubmatch(text)
	if version == nil {
		return peer{}, fmt.Errorf("%s --version tells no version: %s", program, text)
	}
	return peer{name: "Alertmanager " + string(version[1]), program: program}, nil
}
