package lab

import (
	"context"
	"errors"
	"os"
	"path/filepath"
)

// Alertmanager is a running one.
type Alertmanager struct {
	*Process
	URL string
}

// FindAlertmanager is the installed program; Debian calls it prometheus-alertmanager.
func FindAlertmanager() (string, error) {
	return FindProgram("prometheus-alertmanager", "alertmanager")
}

// StartAlertmanager starts the program with the configuration, and data and log in dir, and waits until it is ready.
func StartAlertmanager(ctx context.Context, program, dir, config string) (*Alertmanager, error) {
	address, err := FreeAddress()
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "alertmanager.yml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		return nil, err
	}
	a := &Alertmanager{URL: "http://" + address}
	a.Process, err = StartProcess(filepath.Join(dir, "alertmanager.log"), nil, program, "--config.file="+file,
		"--storage.path="+filepath.Join(dir, "alertmanager"), "--web.listen-address="+address, "--web.external-url="+a.URL,
		"--cluster.listen-address=")
	if err != nil {
		return nil, err
	}
	if err := a.AwaitReady(ctx, a.URL+"/-/ready"); err != nil {
		return nil, errors.Join(err, a.Stop())
	}
	return a, nil
}
