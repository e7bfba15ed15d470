package artifacts

import (
	"context"
	"errors"
	"regexp"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Sweep removes what uploads under prefix left when opsbot was killed or the storage went away in the middle: parts in a bucket,
// temporary files in a directory. What was begun after before may still be under way, and stays. It gives the keys.
func (s *Store) Sweep(ctx context.Context, prefix string, before time.Time) ([]string, error) {
	sweep := s.sweepFiles
	if s.s3 != nil {
		sweep = s.s3.sweepParts
	}
	keys, err := sweep(ctx, prefix, before)
	if err != nil {
		if _, ok := errors.AsType[*Error](err); !ok {
			err = s.failure(ctx, "sweep", prefix, err)
		}
	}
	return keys, err
}

// sweepFiles knows the names that gocloud.dev/blob/fileblob gives unfinished files.
func (s *Store) sweepFiles(ctx context.Context, prefix string, before time.Time) (removed []string, err error) {
	unfinished := regexp.MustCompile(`\.[0-9a-f]{12,16}\.tmp$`)
	objects, err := s.List(ctx, prefix)
	for _, o := range objects {
		if !unfinished.MatchString(o.Key) || !o.Modified.Before(before) {
			continue
		}
		if err := s.Delete(ctx, o.Key); err != nil {
			return removed, err
		}
		removed = append(removed, o.Key)
	}
	return removed, err
}

func (b *s3Bucket) sweepParts(ctx context.Context, prefix string, before time.Time) (removed []string, err error) {
	pages := s3.NewListMultipartUploadsPaginator(b.client, &s3.ListMultipartUploadsInput{Bucket: &b.bucket, Prefix: b.at(prefix)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return removed, err
		}
		for _, u := range page.Uploads {
			if !aws.ToTime(u.Initiated).Before(before) {
				continue
			}
			if _, err := b.client.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: &b.bucket, Key: u.Key, UploadId: u.UploadId}); err != nil {
				return removed, err
			}
			removed = append(removed, aws.ToString(u.Key)[len(b.prefix):])
		}
	}
	return removed, nil
}
