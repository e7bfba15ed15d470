package backup

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/internal/optest"
)

// The newest backup may be the safety backup that a failed restore has made of damaged data, so a verified one goes first.
func TestTheLatestBackupIsTheNewestVerified(t *testing.T) {
	d := testBackups(t)
	_, err := d.choose(t.Context(), callOn(t, d, nil, "backups"), "latest")
	require.Equal(t, "k8sops.backups.none", optest.MessageID(t, err))
	save := func(id string, age time.Duration, drill *Drill) {
		b := Backup{ID: id, Cluster: "demo", Namespace: optest.TestNamespace, Database: "ecommerce", CreatedAt: optest.TestNow().Add(-age), Object: "database/demo/" + optest.TestNamespace + "/ecommerce-" + id + dumpSuffix, Drill: drill}
		require.NoError(t, b.Save(t.Context(), d.Backups))
	}
	chosen := func() string {
		b, err := d.choose(t.Context(), callOn(t, d, nil, "backups"), "latest")
		require.NoError(t, err)
		return b.ID
	}
	save("20260302-060000-aaaaaa", 3*time.Hour, nil)
	save("20260302-090000-cccccc", time.Minute, nil)
	require.Equal(t, "20260302-090000-cccccc", chosen(), "none is verified")
	save("20260302-070000-bbbbbb", 2*time.Hour, &Drill{At: optest.TestNow()})
	require.Equal(t, "20260302-070000-bbbbbb", chosen())
}
