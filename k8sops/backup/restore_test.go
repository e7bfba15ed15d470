package backup

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/runtime"

	"opsbot/internal/optest"
	"opsbot/k8sops"
)

const twoTables = "public.orders\t120\t9911\npublic.users\t40\t1234\n"

func backedUp(t *testing.T, database *optest.FakeDatabase) (Deps, Backup) {
	t.Helper()
	d := testBackups(t)
	_, _, _, err := optest.RunAll(t.Context(), backupCall(t, d, database))
	require.NoError(t, err)
	list, err := List(t.Context(), d.Backups, "demo", optest.TestNamespace)
	require.NoError(t, err)
	require.Len(t, list, 1)
	return d, list[0]
}

func callOn(t *testing.T, d Deps, database *optest.FakeDatabase, line string, more ...runtime.Object) *k8sops.Call {
	t.Helper()
	call, _ := optest.NewCall(t, Operations(d), line, append(more, optest.StatefulSet("postgres", 1), optest.ReadyPod("postgres"))...)
	call.ID = "feedface"
	call.Client.Exec = database
	return call
}

// ran reports whether a program was given an argument.
func ran(database *optest.FakeDatabase, program, argument string) bool {
	return slices.ContainsFunc(database.Commands(), func(args []string) bool { return slices.Contains(args, program) && slices.Contains(args, argument) })
}

func TestABackupIsProvenByARestore(t *testing.T) {
	database := &optest.FakeDatabase{Dump: "PGDMP", Tables: map[string]string{"": twoTables}}
	d, b := backedUp(t, database)
	require.Equal(t, []Table{{"public.orders", 120, "9911"}, {"public.users", 40, "1234"}}, b.Tables)

	call := callOn(t, d, database, "backup verify")
	_, _, proof, err := optest.RunAll(t.Context(), call)
	require.NoError(t, err)
	require.True(t, proof.OK, "%v", proof.Summary)
	require.Equal(t, "k8sops.verify.proven", proof.Summary.ID)
	require.True(t, ran(database, "pg_restore", "opsbot_verify_feedfa"))
	require.True(t, ran(database, "psql", `DROP DATABASE IF EXISTS "opsbot_verify_feedfa" WITH (FORCE)`))
	list, err := List(t.Context(), d.Backups, "demo", optest.TestNamespace)
	require.NoError(t, err)
	require.NotNil(t, list[0].Drill)
	require.EqualValues(t, 160, list[0].Drill.Rows)
}

func TestABackupThatIsNotWhatItWasIsNotVerified(t *testing.T) {
	database := &optest.FakeDatabase{Dump: "PGDMP", Tables: map[string]string{"": twoTables, "opsbot_verify_feedfa": "public.users\t39\t77\n"}}
	d, _ := backedUp(t, database)
	_, _, proof, err := optest.RunAll(t.Context(), callOn(t, d, database, "backup verify"))
	require.NoError(t, err)
	require.False(t, proof.OK)
	require.Equal(t, "public.orders, public.users", proof.Summary.Args["tables"].S)
}

func TestAScratchDatabaseIsNotLeftBehind(t *testing.T) {
	database := &optest.FakeDatabase{Dump: "PGDMP", Tables: map[string]string{"": twoTables}}
	d, _ := backedUp(t, database)
	database.Fail = &k8sops.CommandError{Program: "pg_restore", Code: 1, Stderr: "could not read"}
	_, _, _, err := optest.RunAll(t.Context(), callOn(t, d, database, "backup verify"))
	require.Equal(t, "k8sops.exec.failed", optest.MessageID(t, err))
	commands := database.Commands()
	require.Contains(t, commands[len(commands)-1], `DROP DATABASE IF EXISTS "opsbot_verify_feedfa" WITH (FORCE)`)
}

func TestARestoreSecuresRestoresCountsAndRestarts(t *testing.T) {
	database := &optest.FakeDatabase{Dump: "PGDMP", Tables: map[string]string{"": twoTables}}
	d, b := backedUp(t, database)
	call := callOn(t, d, database, "restore db "+b.ID, optest.Deployment("order-service", 2))
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	require.Equal(t, k8sops.Destructive, plan.Danger)
	require.NoError(t, optest.Do(t.Context(), call, plan))
	proof, err := call.Operation.Verify(t.Context(), call, plan, &optest.RecordedProgress{})
	require.NoError(t, err)
	require.True(t, proof.OK, "%v", proof.Summary)
	require.Contains(t, database.Session(), "\nCOMMIT;\n")

	list, err := List(t.Context(), d.Backups, "demo", optest.TestNamespace)
	require.NoError(t, err)
	require.Len(t, list, 2, "the safety backup")
	safety := list[slices.IndexFunc(list, func(other Backup) bool { return other.ID != b.ID })]
	require.False(t, safety.VerifiedAt.IsZero())
	require.Equal(t, "restore db "+safety.ID, optest.UndoLine(t, call, plan))
}

// Only the restore itself may not be done twice.
func TestWhichStepsOfARestoreAskAPerson(t *testing.T) {
	var asks []string
	for _, op := range Operations(testBackups(t)) {
		for _, step := range op.Steps {
			if step.Resume == k8sops.AskPerson {
				asks = append(asks, op.Name+": "+step.Name)
			}
		}
	}
	require.Equal(t, []string{"restore db: restore"}, asks)
}

func TestADamagedBackupIsNotRestored(t *testing.T) {
	database := &optest.FakeDatabase{Dump: "PGDMP", Tables: map[string]string{"": twoTables}}
	d, b := backedUp(t, database)
	b.SHA256 = "00"
	require.NoError(t, b.Save(t.Context(), d.Backups))
	call := callOn(t, d, database, "restore db "+b.ID)
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	err = optest.Do(t.Context(), call, plan)
	require.Equal(t, "k8sops.backup.checksum", optest.MessageID(t, err))
	require.NotContains(t, database.Session(), "COMMIT", "nothing is changed by it")
}

func TestARestoreNeedsABackupThatThereIs(t *testing.T) {
	database := &optest.FakeDatabase{Dump: "PGDMP", Tables: map[string]string{"": twoTables}}
	d, b := backedUp(t, database)
	call := callOn(t, d, database, "restore db 19990101")
	_, err := call.Operation.Plan(t.Context(), call)
	require.Equal(t, "k8sops.backups.unknown", optest.MessageID(t, err))
	d.Database.Name = "other"
	call = callOn(t, d, database, "restore db "+b.ID)
	_, err = call.Operation.Plan(t.Context(), call)
	require.Equal(t, "k8sops.restore.other_database", optest.MessageID(t, err))
}

func TestTablesThatARestoreLacksAreNamed(t *testing.T) {
	want := []Table{{"a", 3, "1"}, {"b", 2, "1"}, {"c", 0, "0"}}
	require.Empty(t, missingTables(want, []Table{{"a", 4, "2"}, {"b", 1, "9"}, {"c", 0, "0"}}), "services write again")
	require.Equal(t, []string{"a", "b"}, missingTables(want, []Table{{"b", 0, "0"}, {"c", 0, "0"}}))
}
