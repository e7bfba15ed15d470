package artifacts

import (
	"cmp"
	"context"
	"errors"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go/logging"
	"gocloud.dev/blob"
	"gocloud.dev/blob/s3blob"
)

// s3Bucket is what gocloud's driver does not do well enough: uploads, and taking back those that failed.
type s3Bucket struct {
	client         *s3.Client
	bucket, prefix string
	encryption     types.ServerSideEncryption
	key            *string
	checksum       types.ChecksumAlgorithm // of the parts; empty for servers that know none
	// partSize is what is held in memory of an upload, several times.
	partSize int
}

func (s *Store) openS3(ctx context.Context, l location, n network) error {
	client, err := connectS3(ctx, l.s3, n)
	if err != nil {
		return err
	}
	s.s3 = &s3Bucket{client: client, bucket: l.bucket, prefix: l.prefix, partSize: partSize, encryption: types.ServerSideEncryption(l.s3.encryption)}
	if l.s3.checksums {
		s.s3.checksum = types.ChecksumAlgorithmCrc32
	}
	if l.s3.key != "" {
		s.s3.key = aws.String(l.s3.key)
	}
	if s.bucket, err = s3blob.OpenBucket(ctx, client, l.bucket, nil); err != nil {
		return err
	}
	if l.prefix != "" {
		s.bucket = blob.PrefixedBucket(s.bucket, l.prefix)
	}
	return nil
}

func connectS3(ctx context.Context, o s3Options, n network) (*s3.Client, error) {
	client := awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
		t.DialContext = n.connect
		// With HTTP/2 a connection is read from all the time, and one that waits for its reader looks like one that stands still.
		t.ForceAttemptHTTP2 = false
	})
	c, err := config.LoadDefaultConfig(ctx, config.WithHTTPClient(client), config.WithRegion(o.region), config.WithLogger(logging.Nop{}),
		config.WithRetryer(func() aws.Retryer {
			return retry.NewStandard(func(r *retry.StandardOptions) { r.MaxBackoff = cmp.Or(n.backoff, r.MaxBackoff) })
		}))
	if err != nil {
		return nil, err
	}
	if c.Region == "" {
		if o.endpoint == "" {
			return nil, errors.New("no region: set the parameter region, or AWS_REGION")
		}
		c.Region = "us-east-1" // what servers other than AWS expect in signatures
	}
	if !o.checksums {
		c.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
		c.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
	}
	if c.Credentials != nil {
		c.Credentials = credentials{c.Credentials}
	}
	return s3.NewFromConfig(c, func(s *s3.Options) {
		s.UsePathStyle = o.pathStyle
		if o.endpoint != "" {
			s.BaseEndpoint = aws.String(o.endpoint)
		}
	}), nil
}

// credentials marks the errors of finding credentials: they look like those of a network.
type credentials struct{ aws.CredentialsProvider }

func (c credentials) Retrieve(ctx context.Context) (aws.Credentials, error) {
	found, err := c.CredentialsProvider.Retrieve(ctx)
	if err != nil {
		return found, &unsignedError{err}
	}
	return found, nil
}

type unsignedError struct{ err error }

func (e *unsignedError) Error() string {
	return "no credentials found in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or elsewhere: " + innermost(e.err).Error()
}

func (e *unsignedError) Unwrap() error { return e.err }
