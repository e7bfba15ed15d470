package deliver

import (
	"crypto/sha256"
	"fmt"
	"path"
	"strings"
	"sync"

	"opsbot/messages"
)

// uploads remembers which files are in Slack, so that the next edit of a message does not add them again. After a
// restart the thread itself is asked.
type uploads struct {
	mu    sync.Mutex
	known map[string]bool
}

func (u *uploads) has(row Row, name string) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.known[uploadID(row, name)]
}

func (u *uploads) add(row Row, name string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.known) >= uploadsMax {
		clear(u.known)
	}
	u.known[uploadID(row, name)] = true
}

// uploadsMax bounds the memory. A forgotten upload costs one request for the thread.
const uploadsMax = 4096

func newUploads() *uploads {
	return &uploads{known: map[string]bool{}}
}

func uploadID(row Row, name string) string { return row.Key + "/" + name }

// uploadName is the file's name with the beginning of its content's checksum: user.log becomes user-1f0e5c2a.log. The name
// identifies a file in a thread, because Slack keeps neither metadata nor a checksum for files. A checksum in the message's
// metadata would prove nothing: the message is posted before its files are uploaded.
func uploadName(f messages.File) string {
	sum := sha256.Sum256(f.Content)
	ext := path.Ext(f.Name)
	return fmt.Sprintf("%s-%x%s", strings.TrimSuffix(f.Name, ext), sum[:4], ext)
}
