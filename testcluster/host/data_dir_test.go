package host

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAbandonedDataIsRemovedAndUsedDataIsNot(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	abandoned := filepath.Join(os.TempDir(), dataDirPattern+"1")
	require.NoError(t, WriteFiles(abandoned, map[string][]byte{ownerLockFile: nil}))
	used, remove, err := NewDataDir()
	require.NoError(t, err)
	require.NoDirExists(t, abandoned)

	_, removeOther, err := NewDataDir()
	require.NoError(t, err)
	require.DirExists(t, used)
	require.NoError(t, remove())
	require.NoDirExists(t, used)
	require.NoError(t, removeOther())
}
