// Package forecast tells who would be paged about an alert, and when. It runs the decisions themselves on a simulated clock.
package forecast
