// Package wallclock reads times as people type them.
package wallclock
