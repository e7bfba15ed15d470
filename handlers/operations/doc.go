// Package operations has the operations on incidents and their follow-ups. To the access gate they are reads that need no right in
// Kubernetes. The Home tab, which shows the same and offers all operations, is here too.
package operations
