// Package bot is the Slack side of opsbot: the only package that speaks Slack's API.
//
// What comes in over Socket Mode is acknowledged at once and handed to a Handler on a bounded pool of workers (Listener).
// What goes out is a row of an Outbox first, and a Deliverer makes Slack agree with the rows: a message whose outcome is
// unknown is looked for before it is posted again, Slack's limits are kept, and a crash at any point converges.
//
// A Renderer draws cards in Block Kit within Slack's limits. Forms, Home, People, Check and the manifest are the rest of
// what opsbot does in a workspace.
package bot
