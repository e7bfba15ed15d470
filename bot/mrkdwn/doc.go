// Package mrkdwn writes texts in Slack's markup, where nothing untrusted can mention, link or hide anything, and reads what people typed.
package mrkdwn
