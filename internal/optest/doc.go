// Package optest is what the tests of operations share: a fake cluster, calls on it, and golden files of what people read.
package optest
