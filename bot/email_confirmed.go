package bot

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"path"
)

// userReader reads profiles: Slack leaves is_email_confirmed out where it does not say, and slack-go takes that for false. An address of which
// Slack does not say that it is unconfirmed counts as confirmed.
type userReader struct{ Doer }

// Do implements Doer.
func (d userReader) Do(req *http.Request) (*http.Response, error) {
	resp, err := d.Doer.Do(req)
	if err != nil || resp.StatusCode != http.StatusOK || !isProfile(req) {
		return resp, err
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, errors.Join(err, resp.Body.Close())
	}
	body = withConfirmation(body)
	resp.Body, resp.ContentLength = struct {
		io.Reader
		io.Closer
	}{bytes.NewReader(body), resp.Body}, int64(len(body))
	return resp, nil
}

func isProfile(req *http.Request) bool {
	method := path.Base(req.URL.Path)
	return method == "users.info" || method == "users.lookupByEmail"
}

// withConfirmation is the answer with user.is_email_confirmed.
func withConfirmation(body []byte) []byte {
	var answer, user map[string]json.RawMessage
	if json.Unmarshal(body, &answer) != nil || json.Unmarshal(answer["user"], &user) != nil || user == nil {
		return body
	}
	if _, said := user["is_email_confirmed"]; said {
		return body
	}
	user["is_email_confirmed"] = json.RawMessage("true")
	var err error
	if answer["user"], err = json.Marshal(user); err != nil {
		return body
	}
	complete, err := json.Marshal(answer)
	if err != nil {
		return body
	}
	return complete
}
