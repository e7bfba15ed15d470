// Package times has small helpers for times that the packages about incidents share.
package times
