package k8sops

import (
	"encoding/base64"
	"errors"
	"net/url"
	"strings"
)

// WithoutValues keeps an error that repeats a secret, as that of an admission webhook may, from being shown or logged.
func WithoutValues(err error, values ...string) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	for _, value := range values {
		for _, written := range []string{value, base64.StdEncoding.EncodeToString([]byte(value)), url.QueryEscape(value)} {
			if value != "" && strings.Contains(text, written) {
				return errors.New("an error that repeats what is secret")
			}
		}
	}
	return err
}
