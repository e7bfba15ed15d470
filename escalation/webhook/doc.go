// Package webhook reads the deliveries of Alertmanager, within limits, and names their groups.
package webhook
