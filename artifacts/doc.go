// Package artifacts keeps files outside the database: backups, reports, long answers. A file has a key with slashes, is streamed both
// ways, and lies in a directory or in a bucket.
package artifacts
