// Package pki makes the certificates of one test cluster: those that its programs read from files, and those that make
// somebody an authenticated user.
package pki
