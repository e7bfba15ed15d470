// Package workload changes what runs: images, revisions, restarts.
package workload
