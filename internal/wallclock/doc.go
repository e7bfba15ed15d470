// Package wallclock reads times as people type them, and writes durations so.
package wallclock
