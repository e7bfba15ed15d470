// Package cmdline reads a command line as a person types it in Slack, and refuses what is none with the line that was probably meant.
package cmdline
