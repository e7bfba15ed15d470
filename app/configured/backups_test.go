package configured_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/app/configured"
	"opsbot/configs"
	"opsbot/internal/apptest"
)

// What the documentation shows is accepted, by the configuration and by the storage.
func TestStoragesOfTheDocumentation(t *testing.T) {
	slack := apptest.Workspace(t)
	for _, address := range []string{
		"file://" + t.TempDir(),
		"s3://opsbot-backups/production?region=eu-central-1",
		"s3://opsbot-backups?region=eu-central-1&ssetype=aws:kms&kmskeyid=alias/opsbot",
		"s3://backups?endpoint=https://minio.example.com:9000&s3ForcePathStyle=true",
		"s3://backups?endpoint=https://rgw.example.com&s3ForcePathStyle=true&request_checksum_calculation=when_required",
	} {
		t.Setenv("OPSBOT_BACKUP_URL", address)
		c, err := configs.Load(configs.Source{File: apptest.WriteConfig(t, slack, "127.0.0.1:0"), Environ: os.Environ()})
		require.NoError(t, err)
		require.Equal(t, address, c.Backup.URL.Reveal())
		store, err := configured.Backups(t.Context(), *c)
		require.NoError(t, err, address)
		require.NoError(t, store.Close())
	}
}
