package settings

import (
	"maps"
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

// Reading is what became of the sources.
type Reading struct {
	// Dir is the file's directory, which what the file names is relative to.
	Dir string
	// Problems are what did not fit.
	Problems Problems

	file    Document
	origins map[string]string
}

// Read decodes the sources over the defaults that section points to. It returns an error, of type Problems, for what makes
// everything else pointless: a file that is no configuration at all would also lack every required key.
func Read(source Source, section any) (*Reading, error) {
	target := reflect.ValueOf(section).Elem()
	l := loader{values: viper.New(), origins: map[string]string{}}
	if fatal := l.readFile(source.File, target.Type()); fatal != nil {
		return nil, fatal
	}
	l.decode(source, target)
	return &Reading{Dir: l.decoder.dir, Problems: l.decoder.problems, file: l.file, origins: l.origins}, nil
}

// Origin says where the value of a path came from: "opsbot.yaml:12", "OPSBOT_HTTP_LISTEN", "flag"; empty for a default.
func (r *Reading) Origin(path string) string {
	for at := path; at != ""; at = parent(at) {
		if origin, ok := r.origins[at]; ok {
			return origin
		}
	}
	return r.file.Origin(path)
}

// loader merges the sources and remembers which one gave a value.
type loader struct {
	values  *viper.Viper
	file    Document
	origins map[string]string
	decoder decoder
}

func (l *loader) readFile(file string, section reflect.Type) error {
	if file == "" {
		return nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return Problems{{Path: file, What: "cannot be read: " + Cause(err), Fix: "give the path of an existing, readable file"}}
	}
	doc, problems := ParseDocument(filepath.Base(file), data, section)
	if !doc.Usable(problems) {
		return problems
	}
	l.file, l.decoder = doc, decoder{dir: filepath.Dir(file), problems: problems}
	// The error is for a map that cannot be copied; there is no such map.
	_ = l.values.MergeConfigMap(l.file.values)
	return nil
}

// decode merges environment and overrides, and decodes everything over the defaults.
func (l *loader) decode(source Source, section reflect.Value) {
	known := Keys(section, "")
	l.readEnvironment(source.Environ, known)
	l.readOverrides(source.Overrides, known)
	for _, key := range known {
		if raw := l.values.Get(key.Path); raw != nil && !l.decoder.problems.Broken(key.Path) {
			l.decoder.decode(key.Path, raw, key.Value)
		}
	}
}

func (l *loader) readEnvironment(environ []string, known []Key) {
	paths := map[string]string{}
	for _, key := range known {
		if name := key.envName(); name != "" {
			paths[name] = key.Path
		}
	}
	for _, line := range environ {
		name, value, _ := strings.Cut(line, "=")
		path, isKey := paths[name]
		switch {
		case isKey && value != "":
			l.set(path, value, name)
		case !isKey && strings.HasPrefix(name, envPrefix) && !foreign(name):
			l.decoder.problems.Add(name, "unknown environment variable", Suggest(name, slices.Sorted(maps.Keys(paths))))
		}
	}
}

// readOverrides comes after the environment, which it overrides.
func (l *loader) readOverrides(overrides map[string]string, known []Key) {
	paths := make([]string, 0, len(known))
	for _, key := range known {
		if key.envName() != "" {
			paths = append(paths, key.Path)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(overrides)) {
		if slices.Contains(paths, path) {
			l.set(path, overrides[path], "flag")
		} else {
			l.decoder.problems = append(l.decoder.problems,
				Problem{Path: path, Origin: "flag", What: "unknown key", Fix: Suggest(path, paths)})
		}
	}
}

func (l *loader) set(path, value, origin string) {
	l.values.Set(path, value)
	l.origins[path] = origin
}
