package render

import (
	"path"
	"strconv"
	"strings"

	"opsbot/messages"
)

// maxFileBytes is what Slack takes as a snippet (snippet_too_large).
const maxFileBytes = 1_000_000

// overflow keeps content as a file of the message. A second file of a name is called table-2.txt.
func (m *rendering) overflow(name, content string) {
	m.fileName[name]++
	if n := m.fileName[name]; n > 1 {
		ext := path.Ext(name)
		name = strings.TrimSuffix(name, ext) + "-" + strconv.Itoa(n) + ext
	}
	content = strings.ToValidUTF8(content, "\ufffd")
	if len(content) > maxFileBytes {
		content = strings.ToValidUTF8(content[:maxFileBytes], "")
	}
	m.files = append(m.files, messages.File{Name: name, Title: messages.Literal(orDash(m.heading)), Content: []byte(content)})
}
