package app

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/configs"
	"opsbot/internal/apptest"
	"opsbot/internal/freeport"
	"opsbot/slacksim"
	"opsbot/store"
)

// serveVariable makes the test binary be opsbot: the tests that kill it need a process of its own.
const serveVariable = "OPSBOT_TEST_SERVE"

func TestMain(m *testing.M) {
	if file := os.Getenv(serveVariable); file != "" {
		os.Exit(serveFile(file))
	}
	os.Exit(m.Run())
}

func serveFile(file string) (code int) {
	c, err := configs.Load(configs.Source{File: file, Environ: os.Environ()})
	if err == nil {
		err = Serve(context.Background(), *c)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// opsbot is killed again and again while alerts come in. Every alert that was acknowledged has its thread in the end,
// and nobody was paged twice for it.
func TestKilledAtAnyMoment(t *testing.T) {
	slack, ctx, acknowledged := afterKills(t, noStorm)
	requireOnceEach(ctx, t, slack, acknowledged)
}

// The same, while the alerts are a storm: there is one, and it names every alert.
func TestKilledInAStorm(t *testing.T) {
	slack, ctx, acknowledged := afterKills(t, "OPSBOT_INCIDENT_STORM_GROUPS=1")
	for _, service := range acknowledged {
		_, err := slack.WaitMessage(ctx, slacksim.In(incidents), slacksim.Containing(service+" is down"))
		require.NoError(t, err, "the alert of %s", service)
	}
	require.NoError(t, slack.WaitIdle(ctx, 3*time.Second))
	require.Equal(t, 1, mentions(slack.DMs("dba"), "alert storm"))
	require.Equal(t, 1, mentions(slack.Messages(incidents), "alert storm"))
}

// Of a flood of refused commands a kill loses what was counted since the last row: the first one is stored at once, and the count within
// seconds, though the flood goes on.
func TestAKillLosesFewRefusals(t *testing.T) {
	if testing.Short() {
		t.Skip("starts opsbot as a process")
	}
	slack := apptest.Workspace(t)
	address, err := freeport.Address()
	require.NoError(t, err)
	url := "sqlite://" + filepath.Join(t.TempDir(), "opsbot.db")
	kill := startProcess(t, apptest.WriteConfigOn(t, slack, address, url), noStorm)
	awaitPort(t, address)
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	require.NoError(t, slack.WaitConnected(ctx, 1))
	recorded := func() (refused, counted int) {
		s, err := store.OpenReadOnly(ctx, url)
		require.NoError(t, err)
		defer func() { require.NoError(t, s.Close()) }()
		first, again := refusedRowsIn(t, s)
		return len(first), countOf(t, again)
	}
	send := func(n int) {
		for range n {
			require.NoError(t, slack.User("outsider").Command("#ops", "/scale user 5"))
		}
	}
	send(1)
	require.Eventually(t, func() bool { refused, _ := recorded(); return refused == 1 }, 20*time.Second, 20*time.Millisecond)
	send(49)
	require.Eventually(t, func() bool { _, counted := recorded(); return counted == 49 }, 30*time.Second, 200*time.Millisecond)
	send(10)
	kill()
	refused, counted := recorded()
	require.Equal(t, []int{1, 49}, []int{refused, counted}, "the last ten are lost")
}

// afterKills is a workspace after opsbot was killed four times while it took in alerts, with opsbot running again, and the
// services whose alerts it acknowledged.
func afterKills(t *testing.T, setting string) (*slacksim.Workspace, context.Context, []string) {
	if testing.Short() {
		t.Skip("starts opsbot as a process, and waits for Slack's pace of one message a second")
	}
	slack := apptest.Workspace(t)
	// What was posted in the last seconds is forgotten with the process, so Slack's limits are met by running into them.
	slack.AllowViolation("posted_too_fast")
	slack.AllowViolation("ignored_retry_after")
	address, err := freeport.Address()
	require.NoError(t, err)
	file := apptest.WriteConfig(t, slack, address)
	random := rand.New(rand.NewPCG(1, 2))
	var acknowledged []string
	for round := range 4 {
		kill := startProcess(t, file, setting)
		awaitPort(t, address)
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(random.IntN(250))*time.Millisecond)
		for i := 0; ctx.Err() == nil && i < 3; i++ {
			service := fmt.Sprintf("postgres-%d-%d", round, i)
			if status, err := deliverAlert(ctx, address, service); err == nil && status == http.StatusOK {
				acknowledged = append(acknowledged, service)
			}
		}
		<-ctx.Done() // the rest of the time it works on what it has
		cancel()
		kill()
	}
	require.Greater(t, len(acknowledged), 2, "nothing is proven")
	startProcess(t, file, setting)
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	t.Cleanup(cancel)
	return slack, ctx, acknowledged
}

// startProcess starts opsbot; kill ends it without any chance to tidy up.
func startProcess(t *testing.T, file, setting string) (kill func()) {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	process := exec.Command(self)
	process.Env = append(os.Environ(), serveVariable+"="+file, setting)
	var log strings.Builder
	process.Stderr = &log
	require.NoError(t, process.Start())
	killed := false
	kill = func() {
		if killed {
			return
		}
		killed = true
		_ = process.Process.Kill() // it may have ended by itself: then its log says why
		_ = process.Wait()
		if t.Failed() {
			t.Log(log.String())
		}
	}
	t.Cleanup(kill)
	return kill
}

func mentions(all []slacksim.Message, text string) int {
	n := 0
	for _, m := range all {
		if m.ThreadTS == "" && strings.Contains(m.Text(), text) {
			n++
		}
	}
	return n
}
