// Package help explains the catalogue to whoever asks.
package help
