// Package configs holds opsbot's configuration: the Config struct with its defaults, and the validation. Package settings
// reads it, and derives the reference (README table, commented sample) from the struct's tags.
//
// A value comes from the first of these that has one:
//
//  1. overrides given by flags, by path: "http.listen"
//  2. the environment: OPSBOT_HTTP_LISTEN (an empty variable counts as not set; lists of texts are comma-separated)
//  3. the YAML file
//  4. Default
//
// Unknown keys and unknown OPSBOT_* variables are errors. Load reports every problem of the configuration and of the
// contact table in one error of type Problems, each with its path, where the value came from, and how to mend it.
//
// A secret may be given as "file:/path": then the file's content, without surrounding white space, is the secret. That
// works wherever a secret may stand, in the file as in the environment, so one rule covers Docker and Kubernetes
// secrets. Secrets print as "***" whatever prints them.
//
// Relative paths of the contact table and of secret files are relative to the configuration file's directory, because
// they are deployed with it; paths of things that opsbot writes are relative to the working directory.
package configs
