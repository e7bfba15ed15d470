// Package podlog keeps the log files of simulated pods, in the format that kubelets keep, with some lines to begin with.
package podlog
