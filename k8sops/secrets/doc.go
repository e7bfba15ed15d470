// Package secrets has the operations on passwords and keys. No value of a Secret is ever in a plan, a state, an answer or a log.
package secrets
