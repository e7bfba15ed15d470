// Package forecast tells who would be paged about an alert, and when. It runs the decisions themselves on a clock of its own.
package forecast
