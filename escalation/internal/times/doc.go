// Package times has what the packages about incidents share to reckon with times.
package times
