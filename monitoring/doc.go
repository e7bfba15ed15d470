// Package monitoring asks Alertmanager, through its API v2, what it holds and how it is configured, and Prometheus how an
// alert's expression went.
package monitoring
