package backup

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/stretchr/testify/require"

	"opsbot/internal/agefile"
	"opsbot/internal/optest"
	"opsbot/internal/s3test"
	"opsbot/messages"
)

// newKeys are keys for a new identity: with it, and without.
func newKeys(t *testing.T) (whole, recipientOnly *agefile.Keys, identity *age.X25519Identity) {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	to := []string{identity.Recipient().String()}
	whole, err = agefile.Parse(to, []string{identity.String()})
	require.NoError(t, err)
	recipientOnly, err = agefile.Parse(to, nil)
	require.NoError(t, err)
	return whole, recipientOnly, identity
}

// In a directory and in a bucket: nothing of the data can be read there, and with the identity all is as without encryption.
func TestAnEncryptedBackupIsMadeProvenAndRestored(t *testing.T) {
	for name, open := range map[string]func(t *testing.T) (address, files string){
		"directory": func(t *testing.T) (string, string) {
			dir := t.TempDir()
			return "file://" + dir, dir
		},
		"bucket": func(t *testing.T) (string, string) {
			server := s3test.Start(t)
			return server.URL(), filepath.Join(server.Files, "opsbot")
		},
	} {
		t.Run(name, func(t *testing.T) {
			address, files := open(t)
			d := testBackups(t)
			d.Backups = openBucket(t, address)
			whole, _, _ := newKeys(t)
			d.Keys = whole
			database := &optest.FakeDatabase{Dump: strings.Repeat("PGDMP row row row\n", 5000), Tables: map[string]string{"": twoTables}}
			call := backupCall(t, d, database)
			_, result, proof, err := optest.RunAll(t.Context(), call)
			require.NoError(t, err)
			require.True(t, proof.OK)
			require.Equal(t, database.Dump, database.Restored)
			require.Equal(t, whole.Recipients()[0], result.Card.Facts[len(result.Card.Facts)-1].Value.Literal)
			b := onlyBackup(t, d)
			require.True(t, strings.HasSuffix(b.Object, ".dump.zst.age"), b.Object)
			require.False(t, b.VerifiedAt.IsZero())
			stored, err := os.ReadFile(filepath.Join(files, b.Object))
			require.NoError(t, err)
			require.True(t, agefile.IsEncrypted(stored))
			require.NotContains(t, string(stored), "row")

			_, _, proof, err = optest.RunAll(t.Context(), callOn(t, d, database, "backup verify"))
			require.NoError(t, err)
			require.Equal(t, "k8sops.verify.proven", proof.Summary.ID)
			call = callOn(t, d, database, "restore db "+b.ID)
			plan, err := call.Operation.Plan(t.Context(), call)
			require.NoError(t, err)
			require.NoError(t, optest.Do(t.Context(), call, plan))
			require.Contains(t, database.Session(), "\nCOMMIT;\n")
			require.Contains(t, optest.UndoLine(t, call, plan), "restore db ")

			stored[len(stored)/2] ^= 1
			require.NoError(t, os.WriteFile(filepath.Join(files, b.Object), stored, 0o600))
			_, _, _, err = optest.RunAll(t.Context(), callOn(t, d, database, "backup verify "+b.ID))
			require.Equal(t, "k8sops.backup.checksum", optest.MessageID(t, err), "that it was changed is the reason")

			_, err = Prune(t.Context(), d.Backups, "demo", optest.TestNamespace, time.Hour, optest.TestNow().Add(100*24*time.Hour))
			require.NoError(t, err)
			require.Len(t, keysOf(t, d.Backups, ""), 2, "the newest verified one stays, with its manifest")
		})
	}
}

// Who has no identity is told what opsbot can do without one, and what it cannot.
func TestWithoutTheIdentityAChecksumIsAllThatIsProven(t *testing.T) {
	d := testBackups(t)
	whole, recipientOnly, identity := newKeys(t)
	d.Keys = recipientOnly
	database := &optest.FakeDatabase{Dump: "PGDMP", Tables: map[string]string{"": twoTables}}
	_, _, proof, err := optest.RunAll(t.Context(), backupCall(t, d, database))
	require.NoError(t, err)
	require.True(t, proof.OK)
	require.Equal(t, "k8sops.backup.stored_whole", proof.Summary.ID)
	b := onlyBackup(t, d)
	require.True(t, b.VerifiedAt.IsZero())
	require.False(t, b.CheckedAt.IsZero())

	verify := callOn(t, d, database, "backup verify")
	plan, result, proof, err := optest.RunAll(t.Context(), verify)
	require.NoError(t, err)
	require.True(t, proof.OK)
	require.False(t, ran(database, "pg_restore", "opsbot_verify_feedfa"))
	list, _ := optest.NewCall(t, Operations(d), "backups")
	listed, err := list.Operation.Answer(t.Context(), list, &optest.RecordedProgress{})
	require.NoError(t, err)
	restore := callOn(t, d, database, "restore db "+b.ID)
	_, refused := restore.Operation.Plan(t.Context(), restore)
	e, ok := optest.AsError(refused)
	require.True(t, ok)
	same := strings.NewReplacer(recipientOnly.Recipients()[0], "age1RECIPIENT", b.SHA256, "SHA256")
	optest.Golden(t, "without_identity", func(p *messages.Printer) string {
		return same.Replace(optest.ShowPlan(p, plan) + optest.ShowCard(p, result.Card) + p.Text(proof.Summary) + "\n" +
			optest.ShowCard(p, listed.Card) + p.Text(e.Message) + "\n" + p.Text(e.Hint) + "\n")
	})

	// What was made before there were keys can be restored; only the way back is closed.
	plain := d
	plain.Keys = nil
	call := backupCall(t, plain, database)
	call.ID = "0ldba5e"
	_, _, _, err = optest.RunAll(t.Context(), call)
	require.NoError(t, err)
	both, err := List(t.Context(), d.Backups, "demo", optest.TestNamespace)
	require.NoError(t, err)
	older := both[slices.IndexFunc(both, func(other Backup) bool { return other.ID != b.ID })]
	require.False(t, older.IsEncrypted())
	call = callOn(t, d, database, "restore db "+older.ID, optest.Deployment("order-service", 2))
	plan, err = call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	require.Equal(t, "k8sops.restore.no_undo", plan.Warning[1].ID)
	require.NoError(t, optest.Do(t.Context(), call, plan))
	undo, err := call.Operation.Undo(call, plan)
	require.NoError(t, err)
	require.Nil(t, undo)

	// By hand, with age alone.
	stored, err := d.Backups.Open(t.Context(), b.Object)
	require.NoError(t, err)
	content, err := age.Decrypt(stored, identity)
	require.NoError(t, err)
	_, err = io.Copy(io.Discard, content)
	require.NoError(t, err)
	require.NoError(t, stored.Close())
	d.Keys = whole
	_, _, proof, err = optest.RunAll(t.Context(), callOn(t, d, database, "backup verify "+b.ID))
	require.NoError(t, err)
	require.Equal(t, "k8sops.verify.proven", proof.Summary.ID, "the identity has been given later")
}

func onlyBackup(t *testing.T, d Deps) Backup {
	t.Helper()
	list, err := List(t.Context(), d.Backups, "demo", optest.TestNamespace)
	require.NoError(t, err)
	require.Len(t, list, 1)
	return list[0]
}
