//go:build !unix

package store

// lockFile does nothing where there is no flock: opsbot is run on Unix.
func lockFile(string) (release func() error, err error) {
	return func() error { return nil }, nil
}
