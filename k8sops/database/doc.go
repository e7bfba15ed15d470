// Package database has the operations that look into the platform's PostgreSQL and Redis, and change PostgreSQL's settings.
package database
