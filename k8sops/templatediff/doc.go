// Package templatediff says what changes between two pod templates, in values that a channel may read and the database keep.
package templatediff
