// Package backup keeps the data: database dumps, with their manifests, in a storage.
package backup
