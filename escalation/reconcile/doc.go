// Package reconcile compares what Alertmanager holds with what fires in incidents, and repairs what a lost webhook left wrong.
package reconcile
