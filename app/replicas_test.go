package app

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/configs"
	"opsbot/internal/apptest"
	"opsbot/internal/cable"
	"opsbot/internal/freeport"
	"opsbot/slacksim"
)

// testReplica is an opsbot whose connection to the database can be cut.
func testReplica(t *testing.T, slack *slacksim.Workspace, database url.URL, server string) (*App, *cable.Cable) {
	t.Helper()
	c := cable.New(t, server)
	database.Host = c.Addr()
	config, err := configs.Load(configs.Source{File: apptest.WriteConfigOn(t, slack, "127.0.0.1:0", database.String())})
	require.NoError(t, err)
	config.Incident.Storm.Groups = 0 // every alert has a thread of its own, to be counted
	a := startApp(t, *config)
	t.Cleanup(func() { require.NoError(t, a.Stop(context.Background())) })
	return a, c
}

// Two opsbots share a database. Each takes alerts. The one that leads is cut off: the other goes on. Then the database is
// away for both. In the end every alert that was acknowledged has one thread and one page.
func TestReplicas(t *testing.T) {
	database, server := apptest.Database(t)
	slack := apptest.Workspace(t)
	// What the last leader posted in the last second is not known to the next one.
	slack.AllowViolation("posted_too_fast")
	slack.AllowViolation("ignored_retry_after")
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	first, cableFirst := testReplica(t, slack, *database, server)
	require.Eventually(t, first.store.Leading, 10*time.Second, 10*time.Millisecond)
	second, cableSecond := testReplica(t, slack, *database, server)
	require.NoError(t, slack.WaitConnected(ctx, 2))

	var acknowledged []string
	fires := func(a *App, service string) (header slacksim.Message) {
		t.Helper()
		require.Equal(t, http.StatusOK, deliverTo(t, a, service))
		acknowledged = append(acknowledged, service)
		header, err := slack.WaitMessage(ctx, slacksim.In(incidents), slacksim.Root(), slacksim.Containing(service+" is down"))
		require.NoError(t, err, "the thread of %s", service)
		return header
	}
	for _, header := range []slacksim.Message{fires(first, "postgres-a"), fires(second, "postgres-b")} {
		// Whichever of them Slack tells.
		require.NoError(t, slack.User("dba").Click(header, "ack"))
		_, err := slack.WaitMessage(ctx, slacksim.In(incidents), slacksim.Root(), slacksim.Where(func(m slacksim.Message) bool {
			return m.TS == header.TS && !hasButton(m, "ack")
		}))
		require.NoError(t, err, "the header shows the acknowledgement")
	}

	cableFirst.Cut()
	require.Equal(t, http.StatusServiceUnavailable, deliverTo(t, first, "postgres-c"))
	fires(second, "postgres-d")
	require.True(t, second.store.Leading())
	cableFirst.Mend()
	require.Eventually(t, func() bool { return !first.store.Leading() }, 30*time.Second, 10*time.Millisecond)
	fires(first, "postgres-e")

	cableFirst.Cut()
	cableSecond.Cut()
	for _, a := range []*App{first, second} {
		require.Equal(t, http.StatusServiceUnavailable, deliverTo(t, a, "postgres-f"))
	}
	cableFirst.Mend()
	cableSecond.Mend()
	require.Eventually(t, func() bool { return deliverTo(t, first, "postgres-f") == http.StatusOK }, 30*time.Second, 100*time.Millisecond)
	fires(second, "postgres-g")
	requireOnceEach(ctx, t, slack, append(acknowledged, "postgres-f"))
}

func deliverTo(t *testing.T, a *App, service string) (status int) {
	t.Helper()
	status, err := deliverAlert(t.Context(), a.Address(), service)
	require.NoError(t, err)
	return status
}

// requireOnceEach waits until all is said, and wants one thread and one page for each service.
func requireOnceEach(ctx context.Context, t *testing.T, slack *slacksim.Workspace, services []string) {
	t.Helper()
	for _, service := range services {
		_, err := slack.WaitMessage(ctx, slacksim.In(incidents), slacksim.Root(), slacksim.Containing(service+" is down"))
		require.NoError(t, err, "the thread of %s", service)
		_, err = slack.WaitMessage(ctx, slacksim.In("@dba"), slacksim.Containing(service+" is down"))
		require.NoError(t, err, "the page of %s", service)
	}
	require.NoError(t, slack.WaitIdle(ctx, 3*time.Second))
	for _, service := range services {
		require.Equal(t, 1, mentions(slack.Messages(incidents), service+" is down"), "threads of %s", service)
		require.Equal(t, 1, mentions(slack.DMs("dba"), service+" is down"), "pages of %s", service)
	}
}

const noStorm = "OPSBOT_INCIDENT_STORM_GROUPS=0"

// Whichever of two opsbots leads is killed at a random moment, again and again, and started anew.
func TestLeaderKilledAtAnyMoment(t *testing.T) {
	database, _ := apptest.Database(t)
	slack := apptest.Workspace(t)
	slack.AllowViolation("posted_too_fast")
	slack.AllowViolation("ignored_retry_after")
	var addresses, files [2]string
	var kill [2]func()
	for i := range kill {
		address, err := freeport.Address()
		require.NoError(t, err)
		addresses[i], files[i] = address, apptest.WriteConfigOn(t, slack, address, database.String())
		kill[i] = startProcess(t, files[i], noStorm)
		awaitPort(t, address)
	}
	random := rand.New(rand.NewPCG(3, 4))
	var acknowledged []string
	for round := range 3 {
		victim := awaitLeader(t, addresses)
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(random.IntN(400))*time.Millisecond)
		for i := 0; ctx.Err() == nil && i < 3; i++ {
			service := fmt.Sprintf("postgres-%d-%d", round, i)
			if status, err := deliverAlert(ctx, addresses[i%2], service); err == nil && status == http.StatusOK {
				acknowledged = append(acknowledged, service)
			}
		}
		<-ctx.Done()
		cancel()
		kill[victim]()
		require.Equal(t, 1-victim, awaitLeader(t, addresses))
		kill[victim] = startProcess(t, files[victim], noStorm)
		awaitPort(t, addresses[victim])
	}
	require.NotEmpty(t, acknowledged, "nothing is proven")
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	requireOnceEach(ctx, t, slack, acknowledged)
}

// awaitLeader waits until one of the opsbots leads, and says which.
func awaitLeader(t *testing.T, addresses [2]string) (leader int) {
	t.Helper()
	require.Eventually(t, func() bool {
		leader = slices.IndexFunc(addresses[:], leads)
		return leader >= 0
	}, 30*time.Second, 20*time.Millisecond)
	return leader
}

func leads(address string) bool {
	resp, err := http.Get("http://" + address + "/metrics")
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return err == nil && strings.Contains(string(body), "\nopsbot_leader 1\n")
}
