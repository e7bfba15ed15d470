package filebackup

import (
	"archive/tar"
	"bytes"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/internal/optest"
)

func archiveOf(t *testing.T, headers ...*tar.Header) []byte {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, h := range headers {
		require.NoError(t, w.WriteHeader(h))
		_, err := w.Write(make([]byte, h.Size))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return out.Bytes()
}

// An archive that was cut short anywhere is not whole, also where it was cut between two files or in its end.
func TestAnArchiveIsReadToItsEnd(t *testing.T) {
	whole := archiveOf(t, &tar.Header{Typeflag: tar.TypeDir, Name: "./var/uploads/"}, &tar.Header{Typeflag: tar.TypeReg, Name: "./var/uploads/zeros", Size: 1500})
	c, err := inspect(bytes.NewReader(whole), "/var/uploads")
	require.NoError(t, err)
	require.Equal(t, contents{2, 1500}, c)
	for cut := range whole {
		_, err := inspect(bytes.NewReader(whole[:cut]), "/var/uploads")
		require.Error(t, err, cut)
	}
	_, err = inspect(io.MultiReader(bytes.NewReader(whole), bytes.NewReader(make([]byte, 10240))), "/var/uploads")
	require.NoError(t, err, "a last record that is filled up")
}

func TestAnArchiveHoldsItsDirectoryAndNothingElse(t *testing.T) {
	root := &tar.Header{Typeflag: tar.TypeDir, Name: "./var/uploads/"}
	for name, refused := range map[string]string{
		"./var/uploads/a": "", "var/uploads/b": "", "./var/uploads2/a": "k8sops.backup_files.outside", "./var/uploads/../x": "k8sops.backup_files.outside",
		"/etc/passwd": "k8sops.backup_files.outside", "../x": "k8sops.backup_files.outside",
	} {
		_, err := inspect(bytes.NewReader(archiveOf(t, root, &tar.Header{Typeflag: tar.TypeReg, Name: name})), "/var/uploads")
		if refused == "" {
			require.NoError(t, err, name)
			continue
		}
		require.Equal(t, refused, optest.MessageID(t, err), name)
	}
	_, err := inspect(bytes.NewReader(archiveOf(t)), "/var/uploads")
	require.Equal(t, "k8sops.backup_files.empty", optest.MessageID(t, err))
	_, err = inspect(bytes.NewReader(archiveOf(t, &tar.Header{Typeflag: tar.TypeSymlink, Name: "./var/uploads", Linkname: "/run/secrets"})), "/var/uploads")
	require.Equal(t, "k8sops.backup_files.no_directory", optest.MessageID(t, err))
}
