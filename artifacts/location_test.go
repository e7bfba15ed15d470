package artifacts

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLocations(t *testing.T) {
	for _, c := range []struct{ address, name, problem string }{
		{"file:///var/lib/opsbot/backups", "/var/lib/opsbot/backups", ""},
		{"mem://", "mem://", ""},
		{"s3://backups?region=eu-central-1", "s3://backups", ""},
		{"s3://backups/ops/bot/?region=eu-central-1&ssetype=aws:kms&kmskeyid=alias/backups", "s3://backups/ops/bot", ""},
		{"s3://backups?endpoint=https://minio.example.com:9000&s3ForcePathStyle=true", "s3://backups (https://minio.example.com:9000)", ""},
		{"s3://backups?endpoint=http://ceph&request_checksum_calculation=when_required", "s3://backups (http://ceph)", ""},

		{"s3://KEY:hunter2@backups", "", "credentials do not belong into it; give them as AWS_ACCESS_KEY_ID"},
		{"s3://backups?endpoint=https://KEY:hunter2@minio", "", "parameter endpoint: credentials do not belong into it"},
		{"s3://backups?access_key=hunter2", "", `unknown parameter "access_key"`},
		{"s3://backups?endpoint=minio:9000", "", "parameter endpoint: write http://HOST:PORT or https://HOST"},
		{"s3://backups?s3ForcePathStyle=perhaps", "", "parameter s3ForcePathStyle"},
		{"s3://backups?request_checksum_calculation=never", "", "write when_supported or when_required"},
		{"s3://minio:9000/backups", "", "a server's address is the parameter endpoint"},
		{"s3://", "", "the bucket's name is missing"},
		{"file://backups", "", "three slashes"},
		{"file:///backups?metadata=skip", "", `unknown parameter "metadata"`},
		{"gs://backups", "", `"gs" is no kind of storage`},
		{"s3://backups?%zz", "", "parameters"},
		{"://hunter2", "", "missing protocol scheme"},
	} {
		l, err := parseLocation(c.address)
		if c.problem == "" {
			require.NoError(t, err, c.address)
			require.Equal(t, c.name, l.name())
			continue
		}
		require.ErrorContains(t, err, c.problem, c.address)
		require.NotContains(t, err.Error(), "hunter2")
	}
}

func TestAnUnknownRegionIsSaidAtTheStart(t *testing.T) {
	for _, name := range []string{"AWS_REGION", "AWS_DEFAULT_REGION"} {
		t.Setenv(name, "")
	}
	t.Setenv("AWS_CONFIG_FILE", "/dev/null")
	_, err := Open(t.Context(), "s3://backups")
	require.ErrorContains(t, err, "open storage s3://backups: no region")
}
