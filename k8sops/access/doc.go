// Package access has the operations on who may do what in a namespace, and on accounts that may only read.
package access
