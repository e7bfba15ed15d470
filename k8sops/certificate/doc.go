// Package certificate reads certificates: those that a Secret holds, and those that a server shows.
package certificate
