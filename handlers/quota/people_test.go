package quota

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/k8sops"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func enterAndLeave(t *testing.T, q *People, user string, now time.Time) error {
	t.Helper()
	leave, err := q.Enter(user, now)
	if err == nil {
		leave()
	}
	return err
}

func TestHalfAMinutesCommandsMayComeAtOnce(t *testing.T) {
	q := &People{Limits: Limits{PerMinute: 60, ReadsAtOnce: 8}}
	for range 30 {
		require.NoError(t, enterAndLeave(t, q, "U1", noon))
	}
	err := enterAndLeave(t, q, "U1", noon)
	require.Equal(t, k8sops.CodeLimited, k8sops.CodeOf(err))
	require.ErrorContains(t, err, "quota.too_fast")
	require.NoError(t, enterAndLeave(t, q, "U2", noon), "others are not kept waiting")
	require.NoError(t, enterAndLeave(t, q, "U1", noon.Add(time.Second)), "one a second goes on")
	require.Error(t, enterAndLeave(t, q, "U1", noon.Add(time.Second)))
}

func TestOnePersonDoesNotTakeAllWorkers(t *testing.T) {
	q := &People{Limits: Limits{PerMinute: 600, ReadsAtOnce: 8}}
	var leaves []func()
	for range decidingAtOnce {
		leave, err := q.Enter("U1", noon)
		require.NoError(t, err)
		leaves = append(leaves, leave)
	}
	require.ErrorContains(t, enterAndLeave(t, q, "U1", noon), "quota.deciding")
	leaves[0]()
	require.NoError(t, enterAndLeave(t, q, "U1", noon))
}

func TestReadsAtOnce(t *testing.T) {
	q := &People{Limits: Limits{PerMinute: 60, ReadsAtOnce: 2}}
	end, err := q.BeginRead("U1", noon)
	require.NoError(t, err)
	_, err = q.BeginRead("U1", noon)
	require.NoError(t, err)
	_, err = q.BeginRead("U1", noon)
	require.ErrorContains(t, err, "quota.reads")
	_, err = q.BeginRead("U2", noon)
	require.NoError(t, err)
	end()
	_, err = q.BeginRead("U1", noon)
	require.NoError(t, err)
}

func TestOnlySoManyRefusalsAreAnswered(t *testing.T) {
	q := &People{Limits: Limits{PerMinute: 60, ReadsAtOnce: 2}}
	answered := 0
	for range 150 {
		if q.MayAnswer("U1", noon) {
			answered++
		}
	}
	require.Equal(t, answersAtOnce, answered)
	require.True(t, q.MayAnswer("U1", noon.Add(time.Second)))
}

func TestPeopleAreForgotten(t *testing.T) {
	q := &People{Limits: Limits{PerMinute: 60, ReadsAtOnce: 2}}
	require.NoError(t, enterAndLeave(t, q, "U1", noon))
	_, err := q.BeginRead("U2", noon)
	require.NoError(t, err)
	require.NoError(t, enterAndLeave(t, q, "U3", noon.Add(time.Hour)))
	require.Len(t, q.people, 2, "U1 has nothing left; a read of U2 runs")
}

func TestWithoutLimits(t *testing.T) {
	var q *People
	require.NoError(t, enterAndLeave(t, q, "U1", noon))
	end, err := q.BeginRead("U1", noon)
	require.NoError(t, err)
	end()
	require.True(t, q.MayAnswer("U1", noon))
}
