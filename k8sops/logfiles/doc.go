// Package logfiles is the family of operations on the log files that programs leave in their containers.
package logfiles
