// Package calendar exchanges who is on call with other programs: it reads shifts from iCalendar files (RFC 5545), and writes
// the shifts of a role as one.
package calendar
