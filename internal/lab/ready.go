package lab

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"time"
)

// AwaitReady waits until a GET of the URL is answered with 200. When that does not come to pass, the error holds what the
// process said last.
func (p *Process) AwaitReady(ctx context.Context, url string) error {
	last := "nothing was asked"
	err := Poll(ctx, 30*time.Second, "be ready", func() bool {
		status, err := get(ctx, url)
		switch {
		case err != nil:
			last = err.Error()
		case status == http.StatusOK:
			return true
		default:
			last = fmt.Sprintf("%s answers %d", url, status)
		}
		return !p.Running()
	})
	switch {
	case !p.Running():
		return fmt.Errorf("%s ended at once; it said: %s", p.command.Path, tail(p.log))
	case err != nil:
		return fmt.Errorf("%w: %s; it said: %s", err, last, tail(p.log))
	default:
		return nil
	}
}

func get(ctx context.Context, url string) (status int, err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	resp.Body.Close()
	return resp.StatusCode, nil
}

// tail is the end of a log.
func tail(path string) string {
	data, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	return string(data[max(0, len(data)-2000):])
}
