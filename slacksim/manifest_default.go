package slacksim

import _ "embed"

//go:embed default-manifest.yaml
var defaultManifestYAML string

// defaultManifest is that of an app without commands of its own.
func defaultManifest() []byte { return []byte(defaultManifestYAML) }
