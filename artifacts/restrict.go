package artifacts

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Restrict takes the rights of others away from the files under prefix, and from the directories that they lie in: older versions left
// them to the umask. What is somebody else's stays as it is. A bucket has rights of its own.
func (s *Store) Restrict(prefix string) error {
	if s.dir == "" {
		return nil
	}
	return filepath.WalkDir(filepath.Join(s.dir, filepath.FromSlash(prefix)), func(path string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist): // nothing was stored yet, or it was removed meanwhile
			return nil
		case err != nil:
			return err
		case entry.IsDir():
			return restrict(path, entry, 0o700)
		case entry.Type().IsRegular():
			return restrict(path, entry, 0o600)
		}
		return nil
	})
}

func restrict(path string, entry fs.DirEntry, mode fs.FileMode) error {
	info, err := entry.Info()
	if err == nil && info.Mode().Perm() != mode {
		err = os.Chmod(path, mode)
	}
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return nil
	}
	return err
}
