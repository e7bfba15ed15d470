// Package calendar joins who is on call with other programs' calendars: it reads turns from iCalendar files (RFC 5545), and
// writes the turns of a role as one.
package calendar
