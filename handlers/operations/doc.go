// Package operations has the operations that are not on a cluster: incidents, their follow-ups, and who is on call. To the access
// gate they are reads that need no right in Kubernetes. The Home tab, which shows the same and offers all operations, is here too.
package operations
