package artifacts

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"os"
	"syscall"
	"testing"

	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/require"
)

func TestKinds(t *testing.T) {
	path := func(err error) error { return &fs.PathError{Op: "write", Path: "/backups/x", Err: err} }
	dial := func(err error) error {
		return &url.Error{Op: "Put", URL: "http://minio", Err: &net.OpError{Op: "dial", Net: "tcp", Err: err}}
	}
	for _, c := range []struct {
		err    error
		kind   Kind
		reason string
	}{
		{path(syscall.ENOSPC), Full, "no space left on device"},
		{path(syscall.EDQUOT), Full, "disk quota exceeded"},
		{path(syscall.EACCES), Refused, "permission denied"},
		{path(syscall.EROFS), Refused, "read-only file system"},
		{path(syscall.EIO), Unreachable, "input/output error"},
		{dial(syscall.ECONNREFUSED), Unreachable, "connection refused"},
		{dial(os.ErrDeadlineExceeded), Slow, "i/o timeout"},
		{fmt.Errorf("read: %w", io.ErrUnexpectedEOF), Unreachable, "unexpected EOF"},
		{errors.Join(dial(syscall.ECONNRESET), errors.New("retry quota exceeded")), Unreachable, "connection reset by peer"},
		{&unsignedError{dial(os.ErrDeadlineExceeded)}, Refused, "no credentials found in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or elsewhere: i/o timeout"},
		{&smithy.GenericAPIError{Code: "XMinioStorageFull", Message: "Storage backend has reached its minimum free drive threshold."}, Full, "XMinioStorageFull: Storage backend has reached its minimum free drive threshold."},
		{&smithy.GenericAPIError{Code: "NoSuchBucket"}, NoBucket, "NoSuchBucket"},
		{&smithy.GenericAPIError{Code: "SlowDown", Message: "Please reduce your request rate."}, Slow, "SlowDown: Please reduce your request rate."},
		{&smithy.GenericAPIError{Code: "EntityTooLarge", Message: "Too large."}, Failed, "EntityTooLarge: Too large."},
		{errors.New("something else"), Failed, "something else"},
	} {
		kind, reason := classify(fmt.Errorf("operation error S3: PutObject, %w", c.err))
		require.Equal(t, c.kind, kind, c.err)
		require.Equal(t, c.reason, reason)
	}
	for status, kind := range map[int]Kind{401: Refused, 403: Refused, 507: Full, 500: Unreachable, 503: Unreachable, 301: NoBucket, 400: Failed} {
		require.Equal(t, kind, kindOfAnswer("Other", status), status)
	}
}
