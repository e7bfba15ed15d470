// Package logs reads what programs wrote.
package logs
