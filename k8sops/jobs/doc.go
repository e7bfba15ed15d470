// Package jobs runs the Jobs that the configuration knows by name: load tests, API tests.
package jobs
