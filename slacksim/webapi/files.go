package webapi

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"path/filepath"
	"strings"

	"opsbot/slacksim/workspace"
)

// upload is a file in its three steps (SF-6.16).
type upload struct {
	workspace.File
	length    int
	uploaded  bool
	completed bool
	deleted   bool
	created   int64
	channels  []string
}

func fileMethods() []method {
	write := []string{"files:write"}
	return []method{
		{name: "files.getUploadURLExternal", tier: tier4, scopes: write, run: filesGetUploadURL},
		{name: "files.completeUploadExternal", tier: tier4, scopes: write, run: filesComplete},
		{name: "files.info", tier: tier4, scopes: []string{"files:read"}, run: filesInfo},
		{name: "files.delete", tier: tier3, scopes: write, run: filesDelete},
	}
}

func filesGetUploadURL(w *API, c *call) (obj, error) {
	name, err := c.need("filename")
	if err != nil {
		return nil, refuse("missing_argument")
	}
	length, err := c.number("length", 0, "invalid_arguments")
	switch {
	case err != nil:
		return nil, err
	case length <= 0:
		return nil, refuse("missing_argument")
	case c.str("snippet_type") != "" && length > 1<<20:
		return nil, refuse("snippet_too_large")
	}
	kind := cmp.Or(mime.TypeByExtension(filepath.Ext(name)), "text/plain")
	f := &upload{File: workspace.File{ID: w.NewID("F"), Name: name, Title: name, Mimetype: kind}, length: length, created: w.Options.Clock.Now().Unix()}
	w.uploads[f.ID] = f
	return obj{"upload_url": w.URL() + "/upload/" + f.ID, "file_id": f.ID}, nil
}

// serveUpload takes the bytes, raw or as multipart field "file".
func (w *API) serveUpload(rw http.ResponseWriter, r *http.Request) {
	body := io.Reader(r.Body)
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		part, _, err := r.FormFile("file")
		if err != nil {
			http.Error(rw, "no file", http.StatusBadRequest)
			return
		}
		defer part.Close()
		body = part
	}
	data, err := io.ReadAll(io.LimitReader(body, maxBody))
	if err != nil {
		http.Error(rw, "read", http.StatusBadRequest)
		return
	}
	w.Mu.Lock()
	defer w.Mu.Unlock()
	f := w.uploads[r.PathValue("file")]
	if f == nil || f.completed || f.deleted {
		http.Error(rw, "no such upload", http.StatusNotFound)
		return
	}
	f.Content, f.uploaded = data, true
	fmt.Fprintf(rw, "OK - %d", len(data))
}

func filesComplete(w *API, c *call) (obj, error) {
	var wanted []struct{ ID, Title string }
	if json.Unmarshal([]byte(c.str("files")), &wanted) != nil || len(wanted) == 0 {
		return nil, refuseArgument("missing required field: files")
	}
	files := make([]*upload, 0, len(wanted))
	for _, x := range wanted {
		f := w.uploads[x.ID]
		if f == nil || !f.uploaded || f.completed || f.deleted {
			return nil, refuse("file_not_found")
		}
		files = append(files, f)
	}
	targets, err := c.shareTargets()
	if err != nil {
		return nil, err
	}
	for _, ch := range targets {
		if err := w.LimitPost(c.method.name, ch); err != nil {
			return nil, err
		}
	}
	summaries := make([]obj, 0, len(files))
	for i, f := range files {
		f.completed = true
		f.Title = cmp.Or(wanted[i].Title, f.Title)
		summaries = append(summaries, obj{"id": f.ID, "title": f.Title})
	}
	for _, ch := range targets {
		w.shareFiles(c, ch, files)
	}
	return obj{"files": summaries}, nil
}

// shareTargets are the channels that files go to; none keeps them private.
func (c *call) shareTargets() ([]*workspace.Channel, error) {
	ids := c.list("channels")
	if id := c.str("channel_id"); id != "" {
		ids = append(ids, id)
	}
	if len(ids) > 100 {
		return nil, refuse("channels_limit_exceeded")
	}
	var targets []*workspace.Channel
	for _, id := range ids {
		ch := c.w.Channels.ByID[id]
		switch {
		case ch == nil || !ch.VisibleTo(c.w.App.BotUser):
			return nil, refuse("channel_not_found")
		case !ch.Has(c.w.App.BotUser):
			return nil, refuse("not_in_channel")
		case ch.Archived:
			return nil, refuse("posting_to_channel_denied")
		}
		targets = append(targets, ch)
	}
	return targets, nil
}

func (w *API) shareFiles(c *call, ch *workspace.Channel, files []*upload) {
	m := &workspace.Message{User: w.App.BotUser, BotID: w.App.BotID, Plain: c.str("initial_comment"), ThreadTS: c.str("thread_ts"), Subtype: "file_share"}
	w.CheckThread(c.method.name, ch, m.ThreadTS)
	for _, f := range files {
		f.channels = append(f.channels, ch.ID)
		m.Files = append(m.Files, f.File)
	}
	w.Post(ch, m)
	c.ts = m.TS
	for _, f := range files {
		w.Raise("file_shared", obj{"type": "file_shared", "file_id": f.ID, "file": obj{"id": f.ID}, "user_id": w.App.BotUser, "channel_id": ch.ID})
	}
}

func (c *call) file() (*upload, error) {
	f := c.w.uploads[c.str("file")]
	switch {
	case f == nil || !f.completed && !f.deleted:
		return nil, refuse("file_not_found")
	case f.deleted:
		return nil, refuse("file_deleted")
	}
	return f, nil
}

func filesInfo(w *API, c *call) (obj, error) {
	f, err := c.file()
	if err != nil {
		return nil, err
	}
	o := w.FileAPI(&f.File)
	o["channels"] = f.channels
	o["created"] = f.created
	return obj{"file": o, "comments": []obj{}, "response_metadata": nextCursor("")}, nil
}

func filesDelete(_ *API, c *call) (obj, error) {
	f, err := c.file()
	if err != nil {
		return nil, err
	}
	f.deleted, f.Content = true, nil
	return nil, nil
}

func (w *API) serveFile(rw http.ResponseWriter, r *http.Request) {
	w.Mu.Lock()
	f := w.uploads[r.PathValue("file")]
	if f == nil || f.deleted {
		w.Mu.Unlock()
		http.NotFound(rw, r)
		return
	}
	kind, content := f.Mimetype, f.Content
	w.Mu.Unlock()
	rw.Header().Set("Content-Type", kind)
	rw.Header().Set("X-Content-Type-options", "nosniff")
	_, _ = rw.Write(content) // the reader may have gone
}
