// Package scaling changes how many replicas run.
package scaling
