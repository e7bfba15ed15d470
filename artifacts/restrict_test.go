package artifacts

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// What is stored in a directory is for opsbot alone, whatever the umask is; what older versions have left there, too.
func TestFilesAreForOpsbotAlone(t *testing.T) {
	old := syscall.Umask(0)
	defer syscall.Umask(old)
	dir := filepath.Join(t.TempDir(), "new")
	s := openStore(t, "file://"+dir)
	_, err := s.Put(t.Context(), "database/prod/shop/a.dump", strings.NewReader("rows"))
	require.NoError(t, err)
	require.Equal(t, []string{"-rw------- database/prod/shop/a.dump", "drwx------ .", "drwx------ database", "drwx------ database/prod", "drwx------ database/prod/shop"}, modes(t, dir))

	require.NoError(t, os.MkdirAll(filepath.Join(dir, "database", "old"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "database", "old", "b.dump"), []byte("rows"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "of somebody else"), nil, 0o644))
	require.NoError(t, s.Restrict("database/"))
	require.NoError(t, s.Restrict("nothing/"))
	require.Contains(t, modes(t, dir), "-rw------- database/old/b.dump")
	require.Contains(t, modes(t, dir), "drwx------ database/old")
	require.Contains(t, modes(t, dir), "-rw-r--r-- of somebody else")
	require.NoError(t, openStore(t, "mem://").Restrict("database/"))
}

func modes(t *testing.T, dir string) (list []string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		require.NoError(t, err)
		info, err := entry.Info()
		require.NoError(t, err)
		name, err := filepath.Rel(dir, path)
		require.NoError(t, err)
		line := info.Mode().String() + " " + name
		if entry.IsDir() {
			list = append(list, line)
		} else {
			list = append([]string{line}, list...)
		}
		return nil
	}))
	return list
}
