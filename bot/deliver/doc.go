// Package deliver brings messages into Slack. What goes out is a row of an Outbox first, and a Worker makes Slack agree with the rows:
// a message whose outcome is unknown is looked for before it is posted again, Slack's limits are kept, and a crash at any point
// converges.
package deliver
