// Package roster has the operations on who is on call: to see it, to stand in for each other, to subscribe to it as a calendar. To the
// access gate they are reads that need no right in Kubernetes.
package roster
