// Package leadership makes one of several opsbots that share a PostgreSQL database the leader, which does what must be done
// once. Each replica shows by heartbeats in the database that it lives (replica.go), LISTEN and NOTIFY tell of work without
// delay (notify.go), and a new leader begins a new term, behind which the one before can begin nothing any more (Fence).
package leadership
