package manifest

import _ "embed"

//go:embed default-manifest.yaml
var defaultManifestYAML string

// Default is that of an app without commands of its own.
func Default() []byte { return []byte(defaultManifestYAML) }
