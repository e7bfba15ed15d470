package workspace

import (
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// previewBytes is how much of a text file the page shows.
const previewBytes = 4000

// File is an uploaded file.
type File struct {
	ID, Name, Title, Mimetype string
	Content                   []byte
}

// FileURL is where a file can be downloaded.
func (w *Workspace) FileURL(f *File) string {
	return w.URL() + "/files/" + f.ID + "/" + strings.ReplaceAll(f.Name, "/", "_")
}

// FileAPI is the file object of the Web API.
func (w *Workspace) FileAPI(f *File) map[string]any {
	link := w.FileURL(f)
	return obj{
		"id": f.ID, "name": f.Name, "title": f.Title, "mimetype": f.Mimetype, "filetype": strings.TrimPrefix(filepath.Ext(f.Name), "."),
		"size": len(f.Content), "user": w.App.BotUser, "mode": "hosted", "url_private": link, "url_private_download": link, "permalink": link,
	}
}

func (w *Workspace) filesAPI(files []File) []obj {
	out := make([]obj, 0, len(files))
	for i := range files {
		out = append(out, w.FileAPI(&files[i]))
	}
	return out
}

// Preview is the beginning of a text file; "" for anything else.
func (f *File) Preview() string {
	cut := f.Content[:min(len(f.Content), previewBytes)]
	for range utf8.UTFMax { // the cut may have split a character
		if utf8.Valid(cut) || len(cut) == 0 {
			break
		}
		cut = cut[:len(cut)-1]
	}
	if !utf8.Valid(cut) {
		return ""
	}
	return string(cut)
}
