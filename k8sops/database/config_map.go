package database

import (
	"regexp"
	"strings"
)

// configFile is the key under which a ConfigMap holds the whole file of settings (handbook: 优化数据库配置).
const configFile = "postgresql.conf"

// place is where a ConfigMap has a setting, or gets it.
type place struct {
	// Key of the ConfigMap; Value is its new content.
	Key, Value string
	// From is the setting's value so far, "" where it is not there.
	From string
}

// placed finds where a ConfigMap has a setting: in a line of its postgresql.conf, of which all others stay as they are, or else under a
// key of its own.
func placed(data map[string]string, name, value string) place {
	if file, has := data[configFile]; has {
		changed, from := inFile(file, name, value)
		return place{Key: configFile, Value: changed, From: from}
	}
	return place{Key: name, Value: value, From: data[name]}
}

// inFile changes the last line that sets name, which is the one that counts, or adds one. What stands behind the value stays.
func inFile(file, name, value string) (changed, from string) {
	line := regexp.MustCompile(`(?im)^([ \t]*` + regexp.QuoteMeta(name) + `(?:[ \t]*=[ \t]*|[ \t]+))('(?:[^'\\\n]|''|\\.)*'|[^\s#']*)`)
	written := "'" + strings.NewReplacer(`\`, `\\`, "'", "''").Replace(value) + "'"
	all := line.FindAllStringSubmatchIndex(file, -1)
	if len(all) == 0 {
		if file != "" && !strings.HasSuffix(file, "\n") {
			file += "\n"
		}
		return file + name + " = " + written + "\n", ""
	}
	last := all[len(all)-1]
	from = unquoted(file[last[4]:last[5]])
	if from == value {
		return file, from
	}
	return file[:last[4]] + written + file[last[5]:], from
}

// unquoted reads a value as postgresql.conf writes it.
func unquoted(value string) string {
	if len(value) < 2 || value[0] != '\'' {
		return value
	}
	return strings.NewReplacer("''", "'", `\'`, "'", `\\`, `\`).Replace(value[1 : len(value)-1])
}
