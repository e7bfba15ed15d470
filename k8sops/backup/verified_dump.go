package backup

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/klauspost/compress/zstd"

	"opsbot/internal/agefile"
	"opsbot/k8sops"
	"opsbot/messages"
)

// storedDump is a dump as it is stored, with the checksum of what was read of it.
type storedDump struct {
	io.Reader
	storage *storageReader
	sum     hash.Hash
	want    string
}

func newStoredDump(object io.Reader, want string) *storedDump {
	d := &storedDump{storage: &storageReader{r: object}, sum: sha256.New(), want: want}
	d.Reader = io.TeeReader(d.storage, d.sum)
	return d
}

// check reads what was left unread and compares the checksum.
func (d *storedDump) check() error {
	if _, err := io.Copy(io.Discard, d); err != nil {
		return fmt.Errorf("read dump to its end: %w", err)
	}
	if hex.EncodeToString(d.sum.Sum(nil)) != d.want {
		return &k8sops.Error{Code: k8sops.CodeFailed, Message: messages.New("k8sops.backup.checksum")}
	}
	return nil
}

// verifiedDump decrypts and decompresses a stored dump. At its end it compares the checksum of what was stored with the manifest's, and
// gives an error in place of io.EOF where they differ.
type verifiedDump struct {
	object io.ReadCloser
	stored *storedDump
	z      *zstd.Decoder
	// err is why the dump could not be read to its end.
	err error
}

func newVerifiedDump(object io.ReadCloser, b *Backup, keys *agefile.Keys) *verifiedDump {
	d := &verifiedDump{object: object, stored: newStoredDump(object, b.SHA256)}
	content := io.Reader(d.stored)
	if b.IsEncrypted() {
		if content, d.err = keys.Decrypt(d.stored); d.err != nil {
			d.err = d.explainKeys(b)
			return d
		}
	}
	d.z, d.err = zstd.NewReader(content, zstd.WithDecoderConcurrency(1))
	return d
}

// explainKeys says why a dump cannot be decrypted: no identity, or its beginning is not what was stored.
func (d *verifiedDump) explainKeys(b *Backup) error {
	switch {
	case errors.Is(d.err, agefile.ErrNoIdentity):
		return unreadable(b)
	case d.stored.storage.err != nil:
		return d.stored.storage.err
	}
	if err := d.stored.check(); err != nil {
		return err
	}
	return fmt.Errorf("decrypt dump: %w", d.err)
}

// Read implements io.Reader.
func (d *verifiedDump) Read(p []byte) (int, error) {
	if d.err != nil {
		return 0, d.err
	}
	n, err := d.z.Read(p)
	switch {
	case d.stored.storage.err != nil:
		d.err = d.stored.storage.err
	case err == io.EOF: //nolint:errorlint // an error that wraps io.EOF is no end
		d.err = d.stored.check()
	case err != nil:
		d.err = fmt.Errorf("read dump: %w", err)
		// A dump that was changed fails where it is decrypted or decompressed; that it was changed is the reason.
		if damaged := d.stored.check(); damaged != nil {
			d.err = damaged
		}
	}
	if d.err != nil {
		return n, d.err
	}
	return n, err
}

// Close implements io.Closer.
func (d *verifiedDump) Close() error {
	if d.z != nil {
		d.z.Close()
	}
	return d.object.Close()
}
