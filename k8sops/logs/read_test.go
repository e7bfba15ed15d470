package logs

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/internal/optest"
	"opsbot/messages"
)

// The newest is what counts: an error after 15 MB of chatter is found, and one that is out of reach is not claimed to be absent.
func TestASearchReadsFromTheEnd(t *testing.T) {
	const lines, width = 100_000, 120
	noise := chatter(lines, 8*time.Millisecond, width)
	k := &kubelet{logs: map[string][]string{"user-a/app": append(noise, stamped(0, "ERROR the last line"))}}
	require.Greater(t, len(strings.Join(noise, "")), 15<<20)
	result, err := answer(t, kubeletCall(t, k, "logs user --errors", userPod("user-a", time.Hour, "app")))
	require.NoError(t, err)
	require.Equal(t, "k8sops.logs.title", result.Card.Title.ID)
	require.Contains(t, allOf(t, result.Card), "ERROR the last line")
	require.Contains(t, allOf(t, result.Card), "k8sops.logs.read_all")
}

func TestASearchIsBoundedAndSaysWhatItDidNotRead(t *testing.T) {
	noise := chatter(400_000, 2*time.Millisecond, 150)
	k := &kubelet{logs: map[string][]string{"user-a/app": append([]string{stamped(14*time.Minute, "ERROR too long ago")}, noise...)}}
	size := len(strings.Join(noise, ""))
	require.Greater(t, size, 2*mostBytes)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	result, err := answer(t, kubeletCall(t, k, "logs user --errors", userPod("user-a", time.Hour, "app")))
	require.NoError(t, err)
	runtime.GC()
	runtime.ReadMemStats(&after)
	require.Less(t, int64(after.HeapAlloc)-int64(before.HeapAlloc), int64(20<<20), "what is read is not kept")
	require.Less(t, k.served, mostBytes+1<<20)
	require.Greater(t, k.served, mostBytes/2, "what may be read is read")
	require.Equal(t, "k8sops.logs.none_read", result.Card.Title.ID, "nothing is claimed of what was not read")
	require.Equal(t, "k8sops.logs.read_part", result.Card.Footer[0].ID)
	optest.Golden(t, "logs-part", func(p *messages.Printer) string { return optest.ShowCard(p, result.Card) })
}

// Long lines at the end of short ones, and short ones at the end of long ones: the newest are read all the same.
func TestLinesOfAllLengthsAreReadFromTheEnd(t *testing.T) {
	short, long := chatter(30_000, time.Millisecond, 10), chatter(40, time.Millisecond, 2<<20)
	for name, lines := range map[string][]string{
		"long last": append(append([]string{}, short...), long...), "short last": append(append([]string{}, long...), short[:1500]...),
		"one huge": {stamped(time.Second, strings.Repeat("x", 70<<20))},
	} {
		for _, line := range []string{"logs user", "logs user --errors", "logs user --tail 5000"} {
			t.Run(name+": "+line, func(t *testing.T) {
				k := &kubelet{logs: map[string][]string{"user-a/app": append(lines[:len(lines):len(lines)], stamped(0, "ERROR the last line"))}}
				result, err := answer(t, kubeletCall(t, k, line, userPod("user-a", time.Hour, "app")))
				require.NoError(t, err)
				require.Contains(t, allOf(t, result.Card), "ERROR the last line")
				require.Less(t, k.served, 8*mostBytes)
			})
		}
	}
}

func TestEachContainersSpanIsSaidWhereTheyDiffer(t *testing.T) {
	k := &kubelet{logs: map[string][]string{
		"user-a/app": chatter(500, time.Second, 10), "user-b/app": chatter(3, time.Second, 10), "user-c/app": chatter(500, time.Millisecond, 10),
	}}
	result, err := answer(t, kubeletCall(t, k, "logs user", userPod("user-a", time.Hour, "app"), userPod("user-b", 10*time.Second, "app"), userPod("user-c", time.Minute, "app")))
	require.NoError(t, err)
	optest.Golden(t, "logs-spans", func(p *messages.Printer) string {
		return p.Text(result.Card.Title) + "\n" + p.Text(result.Card.Footer[0]) + "\n"
	})
}

// A node keeps the last file only. Where the log begins within the time asked for although the container ran before, the answer says so.
func TestALogThatTheNodeHasThrownAwayIsSaid(t *testing.T) {
	k := &kubelet{logs: map[string][]string{"user-a/app": chatter(100, time.Second, 10)}}
	result, err := answer(t, kubeletCall(t, k, "logs user --errors", userPod("user-a", time.Hour, "app")))
	require.NoError(t, err)
	require.Equal(t, "k8sops.logs.begins", result.Card.Footer[1].ID)
	require.Contains(t, allOf(t, result.Card), "user-a 09:28:20 UTC")

	k.logs["user-a/app"] = append([]string{stamped(time.Hour, "INFO started")}, k.logs["user-a/app"]...)
	result, err = answer(t, kubeletCall(t, k, "logs user --errors", userPod("user-a", time.Hour, "app")))
	require.NoError(t, err)
	require.NotContains(t, allOf(t, result.Card), "k8sops.logs.begins", "it was only silent")
}

// However many containers there are, all of them together are read no further than one call may.
func TestManyContainersShareWhatMayBeRead(t *testing.T) {
	noise := chatter(20_000, time.Millisecond, 150)
	k := &kubelet{logs: map[string][]string{}}
	pod := userPod("user-a", time.Hour)
	for i := range 90 {
		name := fmt.Sprintf("c%d", i)
		pod = userPodWith(pod, name)
		k.logs["user-a/"+name] = noise
	}
	result, err := answer(t, kubeletCall(t, k, "logs user --errors", pod))
	require.NoError(t, err)
	require.Less(t, k.served, 3*totalBytes/2)
	require.Contains(t, allOf(t, result.Card), "… +82", "the list of spans has an end")
}

// The newest line is in the message even where it is long.
func TestALongNewestLineIsInTheMessage(t *testing.T) {
	k := &kubelet{logs: map[string][]string{"user-a/app": {stamped(time.Minute, "INFO before"), stamped(0, "ERROR newest "+strings.Repeat("y", 3900))}}}
	result, err := answer(t, kubeletCall(t, k, "logs user", userPod("user-a", time.Hour, "app")))
	require.NoError(t, err)
	block := result.Card.Sections[len(result.Card.Sections)-1].Code.Content
	require.Contains(t, block, "ERROR newest")
	require.LessOrEqual(t, len(block), shownBytes)
	require.Len(t, result.Card.Files, 1, "the rest is in a file")
	require.Contains(t, string(result.Card.Files[0].Content), strings.Repeat("y", 3900))
}
