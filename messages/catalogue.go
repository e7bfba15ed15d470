package messages

import (
	"embed"
	"fmt"
	"io/fs"
	"path"

	"github.com/nicksnyder/go-i18n/v2/i18n"
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
	bundle     *i18n.Bundle
	matcher    language.Matcher
	localizers map[string]*i18n.Localizer
}

// Load reads the embedded catalogue. It fails only when the build embeds a broken file.
func Load() (*Catalogue, error) {
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("yaml", func(data []byte, v any) error { return yaml.Unmarshal(data, v) })
	files, err := fs.Glob(catalogFiles, "catalog/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list message catalogue: %w", err)
	}
	for _, file := range files {
		data, err := catalogFiles.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("read message catalogue %s: %w", file, err)
		}
		if _, err := bundle.ParseMessageFileBytes(data, path.Base(file)); err != nil {
			return nil, fmt.Errorf("parse message catalogue %s: %w", file, err)
		}
	}
	c := &Catalogue{
		bundle:     bundle,
		matcher:    language.NewMatcher([]language.Tag{language.English, language.MustParse(Chinese)}),
		localizers: map[string]*i18n.Localizer{},
	}
	for _, locale := range Locales() {
		c.localizers[locale] = i18n.NewLocalizer(bundle, locale)
	}
	return c, nil
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

// localize renders an entry. One without plural forms serves every count: go-i18n would refuse it for a count of one.
func (c *Catalogue) localize(locale, id string, data map[string]any, count any) (string, error) {
	config := &i18n.LocalizeConfig{MessageID: id, TemplateData: data, PluralCount: count}
	s, err := c.localizers[locale].Localize(config)
	if err != nil && count != nil {
		config.PluralCount = nil
		return c.localizers[locale].Localize(config)
	}
	return s, err
}
