package messages

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"golang.org/x/text/language"
	"sigs.k8s.io/yaml"
)

//go:embed catalog/*.yaml
var catalogFiles embed.FS

// The languages of the catalogue.
const (
	English = "en"
	Chinese = "zh-CN"
)

// Catalogue holds every text in every language.
type Catalogue struct {
	entries map[string]map[string]*forms // by locale and id
	matcher language.Matcher
}

// Load reads the embedded catalogue. It fails only when the build embeds a broken file.
func Load() (*Catalogue, error) {
	files, err := fs.Glob(catalogFiles, "catalog/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list message catalogue: %w", err)
	}
	c := &Catalogue{
		entries: map[string]map[string]*forms{},
		matcher: language.NewMatcher([]language.Tag{language.English, language.MustParse(Chinese)}),
	}
	for _, locale := range Locales() {
		c.entries[locale] = map[string]*forms{}
	}
	for _, file := range files {
		if err := c.read(file); err != nil {
			return nil, fmt.Errorf("message catalogue %s: %w", file, err)
		}
	}
	return c, nil
}

// read adds the entries of a file, whose name is AREA.LOCALE.yaml.
func (c *Catalogue) read(file string) error {
	data, err := catalogFiles.ReadFile(file)
	if err != nil {
		return err
	}
	_, locale, _ := strings.Cut(strings.TrimSuffix(path.Base(file), ".yaml"), ".")
	entries, ok := c.entries[locale]
	if !ok {
		return fmt.Errorf("no such language: %q", locale)
	}
	return yaml.Unmarshal(data, &entries)
}

// Locales lists the languages that the catalogue is complete in.
func Locales() []string { return []string{English, Chinese} }

// Match finds the catalogue's language for what Slack or a configuration says, e.g. "zh-TW" or "en-GB"; fallback is
// returned where nothing fits.
func (c *Catalogue) Match(locale, fallback string) string {
	tag, err := language.Parse(locale)
	if err != nil {
		return fallback
	}
	_, index, confidence := c.matcher.Match(tag)
	if confidence == language.No {
		return fallback
	}
	return Locales()[index]
}

// Printer renders texts in the language that matches locale (English where none does) for one medium.
func (c *Catalogue) Printer(locale string, format Format) *Printer {
	return &Printer{locale: c.Match(locale, English), format: format, catalogue: c}
}

// localize renders an entry, in English where the language lacks it. counted says that there is a count, which chooses the plural form.
func (c *Catalogue) localize(locale, id string, values map[string]string, count int64, counted bool) (s string, ok bool) {
	for _, l := range []string{locale, English} {
		if f, ok := c.entries[l][id]; ok {
			return f.wording(l, count, counted).fill(values), true
		}
	}
	return "", false
}
