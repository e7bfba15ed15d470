// Package catalog puts the families of operations together. Its tests are those of the whole catalogue: parser, access guard, generated RBAC, and
// stories against a real API server.
package catalog
