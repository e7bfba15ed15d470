// Package runs says when calls are due that were planned for later: once, repeatedly, and to be put back after a while. It is pure:
// who keeps schedules and who makes the calls is elsewhere.
package runs
