package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/handlers/calls"
	"opsbot/internal/lab"
	"opsbot/slacksim"
	"opsbot/testcluster"
)

// jobFile is a test that runs until its deadline ends it, so that every moment of the round may be one in its middle.
const jobFile = `jobs: [{name: %s, image: "load-test:endless", command: [echo], args: [warming up], service_account: default, deadline: 10s}]
`

// jobConfig has a test of the round's own name: two of one name are not run at once.
func (w *world) jobConfig(wanted bool) string {
	if !wanted {
		return ""
	}
	return fmt.Sprintf(jobFile, w.jobName())
}

func (w *world) jobName() string { return filepath.Base(w.dir) }

// grantJobs gives opsbot and the people the rights that the test takes.
func (s *suite) grantJobs(ctx context.Context) error {
	file := filepath.Join(s.Dir, "jobs.yaml")
	text := fmt.Sprintf("slack: {bot_token: xoxb-none, app_token: xapp-none}\nwebhook: {bearer_tokens: [0123456789abcdef]}\ncontacts: %q\n"+jobFile, s.Contacts(), "any")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return err
	}
	rights, err := lab.Output(ctx, s.Opsbot, "rbac", "--config", file)
	if err != nil {
		return err
	}
	return s.cluster.Apply(ctx, rights, "opsbot")
}

// killDuringJob has a test run, and kills opsbot once or twice while it does. There is one Job, whoever follows it; it is said how it
// ended, and nothing of it stays in the cluster.
func killDuringJob(ctx context.Context, w *world, random *rand.Rand, within time.Duration) error {
	// The workspace's app has the manifest of a configuration without jobs, which has no /run.
	if _, err := w.slack.User("development").Mention(commandChannel, "", "run "+w.jobName()); err != nil {
		return err
	}
	card, err := w.slack.WaitMessage(ctx, slacksim.In(commandChannel), offering(calls.ActionConfirm), slacksim.Containing("service account"))
	if err != nil {
		return fmt.Errorf("the test asks to be confirmed: %w", err)
	}
	if err := w.pressUntilGone(ctx, "development", card, calls.ActionConfirm); err != nil {
		return err
	}
	err = at(ctx, moments(random, 1+random.IntN(2), within), func(ctx context.Context) error {
		return w.replicas[0].bounce(ctx, between(random, 0, time.Second))
	})
	if err != nil {
		return err
	}
	waiting, cancel := context.WithTimeout(ctx, w.pace.settle)
	defer cancel()
	if _, err := w.slack.WaitMessage(waiting, slacksim.In(commandChannel), slacksim.Containing("`"+w.jobName()+"` failed")); err != nil {
		return fmt.Errorf("the test comes to an end: %w", err)
	}
	return w.judgeJob(ctx)
}

func (w *world) judgeJob(ctx context.Context) error {
	events, err := w.suite.cluster.AuditEvents()
	if err != nil {
		return err
	}
	made := map[string]bool{} // a request has several events
	for _, e := range events {
		if e.Verb == "create" && e.ObjectRef != nil && e.ObjectRef.Resource == "jobs" && e.ResponseStatus.Code == http.StatusCreated &&
			strings.HasPrefix(e.ObjectRef.Name, w.jobName()+"-") && !strings.Contains(e.RequestURI, "dryRun") {
			made[e.AuditID] = true
		}
	}
	if len(made) != 1 {
		return fmt.Errorf("%d Jobs were made for one run", len(made))
	}
	jobs := w.suite.cluster.Client().BatchV1().Jobs(testcluster.PlatformNamespace)
	return lab.Poll(ctx, time.Minute, "nothing is left of the Job", func() bool {
		list, err := jobs.List(ctx, metav1.ListOptions{LabelSelector: "opsbot.io/job=" + w.jobName()})
		return err == nil && len(list.Items) == 0
	})
}
