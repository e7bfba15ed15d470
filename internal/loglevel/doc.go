// Package loglevel tells from a line of a log how bad it is, by the format that the line is in: what the program said of its own line
// counts, and only where it said nothing do the words.
package loglevel
