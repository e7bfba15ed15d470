package filebackup

import (
	"archive/tar"
	"io"
	"path"
	"strings"

	"opsbot/k8sops"
	"opsbot/messages"
)

// contents is what stands in an archive.
type contents struct {
	entries int
	bytes   int64
}

// endOfArchive is how long the two blocks of zeros are that a whole archive ends with.
const endOfArchive = 1024

// inspect reads an archive to its end. It must be whole and hold the directory and nothing else.
func inspect(r io.Reader, directory string) (c contents, err error) {
	counted := &countingReader{r: r}
	archive := tar.NewReader(counted)
	for {
		before := counted.n
		header, err := archive.Next()
		switch {
		case err == io.EOF: //nolint:errorlint // an error that wraps io.EOF is no end
			return c, ended(counted, counted.n-before, c)
		case err != nil:
			return c, err
		}
		if err := belongs(header, directory, c.entries == 0); err != nil {
			return c, err
		}
		n, err := io.Copy(io.Discard, archive)
		c.entries, c.bytes = c.entries+1, c.bytes+n
		if err != nil {
			return c, err
		}
	}
}

// ended reads what fills up the last record. archive/tar takes the end of the input for that of the archive, but what was cut off between
// two files is not whole: its last read had no two blocks of zeros.
func ended(r io.Reader, last int64, c contents) error {
	if _, err := io.Copy(io.Discard, r); err != nil {
		return err
	}
	switch {
	case last < endOfArchive:
		return io.ErrUnexpectedEOF
	case c.entries == 0:
		return &k8sops.Error{Code: k8sops.CodeFailed, Message: messages.New("k8sops.backup_files.empty")}
	}
	return nil
}

// belongs refuses what is not of the directory, and a directory that is none.
func belongs(h *tar.Header, directory string, first bool) error {
	name := path.Join("/", h.Name)
	if name != directory && !strings.HasPrefix(name, directory+"/") {
		return &k8sops.Error{Code: k8sops.CodeFailed, Message: messages.New("k8sops.backup_files.outside", "file", messages.Code(name), "path", messages.Code(directory))}
	}
	if first && h.Typeflag != tar.TypeDir && h.Typeflag != tar.TypeReg {
		return &k8sops.Error{Code: k8sops.CodeInvalid, Message: messages.New("k8sops.backup_files.no_directory", "path", messages.Code(directory))}
	}
	return nil
}

type countingReader struct {
	r io.Reader
	n int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}
