package audit

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
)

// Export writes a row as a line of JSON: seq, prev, hash, and event as it was hashed, byte by byte. What is no JSON, because somebody has changed
// it, is event_base64.
func Export(w io.Writer, row Row) error {
	event := bytes.TrimSpace(row.Event)
	key := "event"
	if !json.Valid(event) || len(event) != len(row.Event) || bytes.ContainsAny(event, "\r\n") {
		key, event = "event_base64", []byte(`"`+base64.StdEncoding.EncodeToString(row.Event)+`"`)
	}
	prev, err := json.Marshal(row.Prev)
	if err != nil {
		return err
	}
	hash, err := json.Marshal(row.Hash)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, `{"seq":%d,"prev":%s,"hash":%s,"%s":%s}`+"\n", row.Seq, prev, hash, key, event)
	return err
}
