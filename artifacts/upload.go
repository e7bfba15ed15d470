package artifacts

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"golang.org/x/sync/errgroup"
)

const (
	// partSize is the size of the first thousand parts. S3 takes 10,000 parts of an object, so later parts are larger:
	// the largest object has about 450 GB.
	partSize    = 8 << 20
	uploadsOnce = 2 // parts of an object that are under way at once
	// lingerLimit is how long requests may go on after they are no longer wanted.
	lingerLimit = 10 * time.Second
)

// upload stores an object: a small one in one request, a larger one in parts, which become visible as an object when all are there.
// Left tells that something may remain of an upload that failed.
func (b *s3Bucket) upload(ctx context.Context, key string, source *source) (left bool, err error) {
	// A small object takes little memory.
	var first bytes.Buffer
	read, err := first.ReadFrom(io.LimitReader(source, int64(b.partSize)))
	if err != nil {
		return false, err
	}
	if read < int64(b.partSize) {
		return b.putWhole(ctx, key, first.Bytes())
	}
	begun, err := b.client.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{
		Bucket: &b.bucket, Key: b.at(key), ContentType: aws.String(contentType), ServerSideEncryption: b.encryption, SSEKMSKeyId: b.key,
		ChecksumAlgorithm: b.checksum,
	})
	if err != nil {
		return false, err
	}
	u := &multipart{s3Bucket: b, key: b.at(key), id: begun.UploadId, free: make(chan []byte, uploadsOnce+1)}
	if err := u.send(ctx, first.Bytes(), source); err != nil {
		return !u.abort(ctx), err
	}
	if err := u.complete(ctx); err != nil {
		// Without an answer nobody knows whether the parts became an object.
		return !u.abort(ctx) || isUncertain(err), err
	}
	return false, nil
}

// at is the key in the bucket.
func (b *s3Bucket) at(key string) *string { return aws.String(b.prefix + key) }

func (b *s3Bucket) putWhole(ctx context.Context, key string, content []byte) (left bool, err error) {
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	ctx, stop := lingering(ctx)
	defer stop()
	_, err = b.client.PutObject(ctx, &s3.PutObjectInput{
		Bucket: &b.bucket, Key: b.at(key), Body: bytes.NewReader(content), ContentLength: aws.Int64(int64(len(content))),
		ContentType: aws.String(contentType), ServerSideEncryption: b.encryption, SSEKMSKeyId: b.key,
	})
	return err != nil && isUncertain(err), err
}

// isUncertain tells whether the server may have done what it was asked to: it gave no answer.
func isUncertain(err error) bool {
	kind, _ := classify(err)
	return kind == Unreachable || kind == Slow || errors.Is(err, context.Canceled)
}

// multipart is an upload in parts.
type multipart struct {
	*s3Bucket
	key, id *string
	free    chan []byte // buffers of parts that are stored

	mu    sync.Mutex
	parts []types.CompletedPart
}

// send reads and uploads at once, so that neither waits for the other.
func (u *multipart) send(ctx context.Context, part []byte, source *source) error {
	group, sending := errgroup.WithContext(ctx)
	group.SetLimit(uploadsOnce)
	parts, stop := lingering(ctx)
	defer stop()
	for n, last := int32(1), false; ; n++ {
		if content := part; len(content) > 0 {
			group.Go(func() error { return u.sendPart(parts, n, content) })
		}
		if last || sending.Err() != nil {
			return cmp.Or(group.Wait(), ctx.Err())
		}
		var err error
		if part, last, err = u.read(source, n+1); err != nil {
			_ = group.Wait() // what was read cannot be stored as a whole
			return err
		}
	}
}

// read reads the n-th part; last tells that there is nothing behind it.
func (u *multipart) read(source *source, n int32) (part []byte, last bool, err error) {
	size := u.partSize * int(1+n/1000)
	var buffer []byte
	select {
	case buffer = <-u.free:
	default:
	}
	if cap(buffer) < size {
		buffer = make([]byte, size)
	}
	read, err := io.ReadFull(source, buffer[:size])
	last = errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
	if source.err == nil {
		err = nil
	}
	return buffer[:read], last, err
}

func (u *multipart) sendPart(ctx context.Context, n int32, part []byte) error {
	sent, err := u.client.UploadPart(ctx, &s3.UploadPartInput{
		Bucket: &u.bucket, Key: u.key, UploadId: u.id, PartNumber: &n, Body: bytes.NewReader(part), ContentLength: aws.Int64(int64(len(part))),
		ChecksumAlgorithm: u.checksum,
	})
	if err != nil {
		return err
	}
	// Not before: the client may still read what failed.
	select {
	case u.free <- part:
	default:
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.parts = append(u.parts, types.CompletedPart{PartNumber: &n, ETag: sent.ETag, ChecksumCRC32: sent.ChecksumCRC32})
	return nil
}

func (u *multipart) complete(ctx context.Context) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	ctx, stop := lingering(ctx)
	defer stop()
	slices.SortFunc(u.parts, func(a, b types.CompletedPart) int { return int(*a.PartNumber - *b.PartNumber) })
	_, err := u.client.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
		Bucket: &u.bucket, Key: u.key, UploadId: u.id, MultipartUpload: &types.CompletedMultipartUpload{Parts: u.parts},
	})
	return err
}

// lingering is a context that ends a little later than ctx, so that requests under way can end by themselves: of one that is broken off,
// the server may do its part afterwards, which nobody would know, or which comes after the parts were removed.
func lingering(ctx context.Context) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	unhook := context.AfterFunc(ctx, func() {
		timer := time.NewTimer(lingerLimit)
		defer timer.Stop()
		select {
		case <-timer.C:
			cancel(context.Cause(ctx))
		case <-longer.Done():
		}
	})
	return longer, func() {
		unhook()
		cancel(context.Canceled)
	}
}

// abort makes the storage forget the parts, and tells whether it did. The caller's context may have ended.
func (u *multipart) abort(ctx context.Context) bool {
	ctx, stop := cleanupContext(ctx)
	defer stop()
	_, err := u.client.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: &u.bucket, Key: u.key, UploadId: u.id})
	return err == nil
}
