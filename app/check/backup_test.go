package check

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/configs"
	"opsbot/internal/apptest"
	"opsbot/internal/s3test"
)

func TestCheckBucket(t *testing.T) {
	bucket := s3test.Start(t)
	slack := apptest.Workspace(t)
	for _, tt := range []struct{ url, want string }{
		{bucket.URL(), "ok    the bucket for backups can be listed"},
		{strings.Replace(bucket.URL(), s3test.Bucket, "nobucket", 1), "FAIL  backup.url: The backup storage s3://nobucket/opsbot"},
	} {
		config, err := configs.Load(configs.Source{File: apptest.WriteConfig(t, slack, "127.0.0.1:0")})
		require.NoError(t, err)
		config.Backup.URL, err = configs.ParseURL(tt.url)
		require.NoError(t, err)
		var out strings.Builder
		require.Error(t, Run(t.Context(), &out, *config), "there is no cluster")
		require.Contains(t, out.String(), tt.want)
	}
}
