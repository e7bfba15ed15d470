package backup

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"

	"github.com/klauspost/compress/zstd"

	"opsbot/k8sops"
	"opsbot/messages"
)

// verifiedDump decompresses a stored dump. At its end it compares the checksum of what was stored with the manifest's, and gives an
// error in place of io.EOF where they differ.
type verifiedDump struct {
	object  io.ReadCloser
	storage *storageReader
	sum     hash.Hash
	stored  io.Reader
	z       *zstd.Decoder
	want    string
	// err is why the dump could not be read to its end.
	err error
}

func newVerifiedDump(object io.ReadCloser, want string) *verifiedDump {
	d := &verifiedDump{object: object, storage: &storageReader{r: object}, sum: sha256.New(), want: want}
	d.stored = io.TeeReader(d.storage, d.sum)
	d.z, d.err = zstd.NewReader(d.stored, zstd.WithDecoderConcurrency(1))
	return d
}

// Read implements io.Reader.
func (d *verifiedDump) Read(p []byte) (int, error) {
	if d.err != nil {
		return 0, d.err
	}
	n, err := d.z.Read(p)
	switch {
	case d.storage.err != nil:
		d.err = d.storage.err
	case err == io.EOF: //nolint:errorlint // an error that wraps io.EOF is no end
		d.err = d.check()
	case err != nil:
		d.err = fmt.Errorf("decompress dump: %w", err)
	}
	if d.err != nil {
		return n, d.err
	}
	return n, err
}

func (d *verifiedDump) check() error {
	if _, err := io.Copy(io.Discard, d.stored); err != nil {
		return fmt.Errorf("read dump to its end: %w", err)
	}
	if hex.EncodeToString(d.sum.Sum(nil)) != d.want {
		return &k8sops.Error{Code: k8sops.CodeFailed, Message: messages.New("k8sops.backup.checksum")}
	}
	return nil
}

// Close implements io.Closer.
func (d *verifiedDump) Close() error {
	if d.z != nil {
		d.z.Close()
	}
	return d.object.Close()
}
