// Package podfiles finds the containers whose directories the configuration names. Programs of opsbot read or write files there and
// nowhere else.
package podfiles
