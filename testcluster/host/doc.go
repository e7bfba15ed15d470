// Package host is what a test cluster needs of this machine: child processes that die with their parent, free ports, locks
// between processes, and a data directory that does not outlive its owner.
package host
