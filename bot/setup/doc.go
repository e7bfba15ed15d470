// Package setup writes the manifest of the Slack app and checks that an installation has what opsbot needs.
package setup
