package configs

import "opsbot/internal/secret"

// Secret is a value that must not be printed.
type Secret = secret.Text

// NewSecret wraps a text.
func NewSecret(value string) Secret { return secret.New(value) }
