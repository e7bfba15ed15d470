// Package certs looks at TLS certificates, in Secrets and as they are served, and replaces them: /certs, /certs renew, /certs restore.
package certs
