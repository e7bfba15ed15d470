// Package settings reads a struct of settings from YAML, the environment and flags, strictly: what it does not know, or what does
// not fit, is a Problem with its path, where the value came from, and how to mend it. From the same struct come the reference
// and the commented sample.
//
// Tag key names a field in the file; doc and example are its texts. A struct with keys is a section.
package settings
