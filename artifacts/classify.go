package artifacts

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"syscall"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
)

// classify gives the kind of an error of a storage, and what it says in a few words.
func classify(err error) (Kind, string) {
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		return kindOfAnswer(api.ErrorCode(), statusOf(err)), answerText(api)
	}
	if unsigned, ok := errors.AsType[*unsignedError](err); ok {
		return Refused, unsigned.Error()
	}
	reason := innermost(err).Error()
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return Full, reason
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return Refused, reason
	case isTimeout(err):
		return Slow, reason
	case strings.HasPrefix(reason, "checksum did not match"): // the SDK's error has no type that it exports
		return Damaged, reason
	case notFound(err):
		return NotFound, reason
	case isDisconnected(err):
		return Unreachable, reason
	}
	return Failed, reason
}

// kindOfAnswer goes by the code of an S3 server's answer. Servers have codes of their own, so the HTTP status has the last word.
func kindOfAnswer(code string, status int) Kind {
	switch code {
	case "NoSuchBucket":
		return NoBucket
	case "NoSuchKey", "NotFound":
		return NotFound
	case "InsufficientStorage", "QuotaExceeded", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded":
		return Full
	case "RequestTimeout", "SlowDown", "XMinioServerTimedOut":
		return Slow
	}
	switch {
	case status == http.StatusInsufficientStorage:
		return Full
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return Refused
	case status == http.StatusMovedPermanently: // the bucket is in another region
		return NoBucket
	case status >= http.StatusInternalServerError:
		return Unreachable
	}
	return Failed
}

func answerText(api smithy.APIError) string {
	if api.ErrorMessage() == "" {
		return api.ErrorCode()
	}
	return api.ErrorCode() + ": " + api.ErrorMessage()
}

func statusOf(err error) int {
	if response, ok := errors.AsType[*awshttp.ResponseError](err); ok {
		return response.HTTPStatusCode()
	}
	return 0
}

func isTimeout(err error) bool {
	if network, ok := errors.AsType[net.Error](err); ok && network.Timeout() {
		return true
	}
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded)
}

func isDisconnected(err error) bool {
	// Not net.Error, which every errno is.
	_, request := errors.AsType[*url.Error](err)
	_, connection := errors.AsType[*net.OpError](err)
	return request || connection || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) ||
		slices.ContainsFunc([]error{syscall.ECONNREFUSED, syscall.ECONNRESET, syscall.EPIPE, syscall.EIO}, func(e error) bool { return errors.Is(err, e) })
}

// innermost is the error at the bottom, which the SDK wraps many times; of several the first.
func innermost(err error) error {
	for {
		switch wrapped := err.(type) { //nolint:errorlint // this is the walk itself
		case interface{ Unwrap() error }:
			if wrapped.Unwrap() == nil {
				return err
			}
			err = wrapped.Unwrap()
		case interface{ Unwrap() []error }:
			err = wrapped.Unwrap()[0]
		default:
			return err
		}
	}
}
