// Package runbooks has the guided runs: operations in an order, with a person's decision before each one that changes something.
package runbooks
