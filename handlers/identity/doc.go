// Package identity tells who a Slack user is on Kubernetes.
package identity
