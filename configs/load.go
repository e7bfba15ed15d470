package configs

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/spf13/viper"
)

// Source is where the configuration comes from.
type Source struct {
	// File is the YAML file; empty means none.
	File string
	// Environ holds NAME=value lines, as os.Environ gives them.
	Environ []string
	// Overrides are the values given by flags, by path.
	Overrides map[string]string
}

// Load reads, merges and validates the configuration and its contact table. The error is of type Problems and holds
// everything that is wrong.
func Load(source Source) (*Config, error) {
	l := loader{values: viper.New(), origins: map[string]string{}}
	if fatal := l.readFile(source.File); fatal != nil {
		return nil, fatal
	}
	config := l.decode(source)
	problems := l.decoder.problems
	problems = append(problems, config.loadContacts(l.decoder.dir, problems.broken("contacts"))...)
	problems.addUnbroken(config.Validate())
	problems.locate(l.origin)
	if err := problems.err(); err != nil {
		return nil, err
	}
	return config, nil
}

// loader merges the sources and remembers which one gave a value.
type loader struct {
	values  *viper.Viper
	file    document
	origins map[string]string
	decoder decoder
}

// readFile merges the file. It returns what makes everything else pointless: a file that is no configuration at all would
// also lack every required key.
func (l *loader) readFile(file string) error {
	if file == "" {
		return nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return Problems{{Path: file, What: "cannot be read: " + cause(err), Fix: "give the path of an existing, readable file"}}
	}
	doc, problems := parseDocument(filepath.Base(file), data, reflect.TypeFor[Config]())
	if !doc.usable(problems) {
		return problems
	}
	l.file, l.decoder = doc, decoder{dir: filepath.Dir(file), problems: problems}
	// The error is for a map that cannot be copied; there is no such map.
	_ = l.values.MergeConfigMap(l.file.values)
	return nil
}

// decode merges environment and overrides, and decodes everything over the defaults.
func (l *loader) decode(source Source) *Config {
	config := Default()
	known := leaves(reflect.ValueOf(&config).Elem(), "")
	l.readEnvironment(source.Environ, known)
	l.readOverrides(source.Overrides, known)
	for _, key := range known {
		if raw := l.values.Get(key.path); raw != nil && !l.decoder.problems.broken(key.path) {
			l.decoder.decode(key.path, raw, key.value)
		}
	}
	return &config
}

func (l *loader) readEnvironment(environ []string, known []leaf) {
	paths := map[string]string{}
	for _, key := range known {
		if name := key.envName(); name != "" {
			paths[name] = key.path
		}
	}
	for _, line := range environ {
		name, value, _ := strings.Cut(line, "=")
		path, isKey := paths[name]
		switch {
		case isKey && value != "":
			l.set(path, value, name)
		case !isKey && strings.HasPrefix(name, envPrefix) && !foreign(name):
			l.decoder.problems.add(name, "unknown environment variable", suggest(name, sortedKeys(paths)))
		}
	}
}

// readOverrides comes after the environment, which it overrides.
func (l *loader) readOverrides(overrides map[string]string, known []leaf) {
	paths := make([]string, 0, len(known))
	for _, key := range known {
		if key.envName() != "" {
			paths = append(paths, key.path)
		}
	}
	for _, path := range sortedKeys(overrides) {
		if slices.Contains(paths, path) {
			l.set(path, overrides[path], "flag")
		} else {
			l.decoder.problems = append(l.decoder.problems,
				Problem{Path: path, Origin: "flag", What: "unknown key", Fix: suggest(path, paths)})
		}
	}
}

func (l *loader) set(path, value, origin string) {
	l.values.Set(path, value)
	l.origins[path] = origin
}

// origin says where the value of a path came from.
func (l *loader) origin(path string) string {
	for at := path; at != ""; at = parent(at) {
		if origin, ok := l.origins[at]; ok {
			return origin
		}
	}
	return l.file.origin(path)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
