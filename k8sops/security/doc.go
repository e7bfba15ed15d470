// Package security looks for what makes a break-in easy: /security, and the exceptions from it.
package security
