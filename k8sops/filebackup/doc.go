// Package filebackup is /backup files: what a program keeps in the directories of its container, as a tar archive beside the other
// backups.
package filebackup
