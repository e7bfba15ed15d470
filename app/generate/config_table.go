package generate

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"opsbot/configs"
)

// The README's configuration table stands between these lines.
const (
	tableBegin = "<!-- configuration table: generated, see make generate -->"
	tableEnd   = "<!-- end of the configuration table -->"
)

func replaceTable(path string) error {
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	head, rest, ok := strings.Cut(string(old), tableBegin)
	_, tail, ok2 := strings.Cut(rest, tableEnd)
	if !ok || !ok2 {
		return fmt.Errorf("%s: the lines around the configuration table are missing", path)
	}
	var table bytes.Buffer
	if err := configs.WriteTable(&table); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(head+tableBegin+"\n\n"+table.String()+"\n"+tableEnd+tail), 0o644)
}
