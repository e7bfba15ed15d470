// Package httpapi is what opsbot serves over HTTP: Alertmanager's webhook, the links and callbacks with which people answer pages
// outside Slack, the calendar of who is on call, and the probes.
package httpapi
