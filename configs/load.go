package configs

import (
	"io"

	"opsbot/configs/settings"
	"opsbot/internal/secret"
)

type (
	// Secret is a value that must not be printed.
	Secret = secret.Text
	// URL is a parsed URL; the zero value is no URL.
	URL = settings.URL
	// SecretURL is a URL that may hold a password.
	SecretURL = settings.SecretURL
	// Source is where the configuration comes from.
	Source = settings.Source
	// Problems are what is wrong with the configuration.
	Problems = settings.Problems
)

// NewSecret wraps a text.
func NewSecret(value string) Secret { return secret.New(value) }

// ParseURL parses an absolute URL; the empty text is no URL.
func ParseURL(text string) (URL, error) { return settings.ParseURL(text) }

// Load reads, merges and validates the configuration and its contact table. The error is of type Problems and holds
// everything that is wrong.
func Load(source Source) (*Config, error) {
	config := Default()
	read, err := settings.Read(source, &config)
	if err != nil {
		return nil, err
	}
	problems := read.Problems
	problems = append(problems, config.loadContacts(read.Dir, problems.Broken("contacts"))...)
	problems.AddUnbroken(config.Validate())
	problems.Locate(read.Origin)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	return &config, nil
}

// Reference documents every key.
func Reference() []settings.KeyDoc { return settings.Reference(Default()) }

// WriteTable writes the reference as a Markdown table.
func WriteTable(w io.Writer) error { return settings.WriteTable(w, Reference()) }

const sampleHead = `# opsbot's configuration. This file is generated; every key stands here with its default, so that what is left out changes
# nothing. Every key can also be set in the environment: OPSBOT_SLACK_BOT_TOKEN is slack.bot_token. A secret may be
# given as "file:/path". "opsbot check" lists everything that is wrong.
`

// WriteSample writes configs/opsbot.yaml: every key with its text and its default.
func WriteSample(w io.Writer) error { return settings.WriteSample(w, sampleHead, Default()) }
