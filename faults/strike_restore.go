package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"opsbot/handlers/calls"
	"opsbot/internal/lab"
	"opsbot/slacksim"
)

// makePlatformDatabase makes the database that the round restores.
func (w *world) makePlatformDatabase(ctx context.Context) (err error) {
	name := "platform_" + strings.ReplaceAll(filepath.Base(w.dir), "-", "_")
	if w.platform, err = lab.NewDatabase(ctx, w.suite.postgres, name); err != nil {
		return err
	}
	w.Add("platform's database", w.platform.Drop)
	return w.sql(ctx, "CREATE TABLE orders AS SELECT n AS id, md5(n::text) AS item FROM generate_series(1, 20000) n")
}

// databaseConfig tells opsbot where the platform's database is.
func (w *world) databaseConfig() string {
	if w.platform == nil {
		return ""
	}
	return fmt.Sprintf("database: {workload: deployment/%s, name: %q, user: %q}\n", databasePod, strings.TrimPrefix(w.platform.URL.Path, "/"), w.suite.postgres.User)
}

func (w *world) sql(ctx context.Context, statement string) error {
	db, err := pgx.Connect(ctx, w.platform.URL.String())
	if err != nil {
		return err
	}
	defer db.Close(ctx)
	_, err = db.Exec(ctx, statement)
	return err
}

// slipped is what a person inserted after the backup, and the restore takes away.
const slipped = "a slip of the finger"

func (w *world) hasSlip(ctx context.Context) (bool, error) {
	db, err := pgx.Connect(ctx, w.platform.URL.String())
	if err != nil {
		return false, err
	}
	defer db.Close(ctx)
	var n int
	err = db.QueryRow(ctx, "SELECT count(*) FROM orders WHERE item = $1", slipped).Scan(&n)
	return n > 0, err
}

// killDuringRestore makes a backup, and kills opsbot once or twice in the middle of its restore. In the end the data is as it was in the
// backup, and the step that must not be done twice was done once more only where a person said so.
func killDuringRestore(ctx context.Context, w *world, random *rand.Rand, within time.Duration) error {
	id, err := w.backUp(ctx)
	if err != nil {
		return err
	}
	if err := w.sql(ctx, "INSERT INTO orders VALUES (0, '"+slipped+"')"); err != nil {
		return err
	}
	if err := w.approve(ctx, "/restore db "+id); err != nil {
		return err
	}
	err = at(ctx, moments(random, 1+random.IntN(2), within/2), func(ctx context.Context) error {
		return w.replicas[0].bounce(ctx, between(random, 0, time.Second))
	})
	if err != nil {
		return err
	}
	return w.judgeRestore(ctx, id)
}

// backUp has the platform's database backed up, and gives the id of the backup.
func (w *world) backUp(ctx context.Context) (string, error) {
	if err := w.slack.User("dba").Command(commandChannel, "/backup db"); err != nil {
		return "", err
	}
	_, err := w.slack.WaitMessage(ctx, slacksim.In(commandChannel), slacksim.Containing("complete and readable"))
	if err != nil {
		return "", fmt.Errorf("the database is backed up: %w", err)
	}
	manifests, err := filepath.Glob(filepath.Join(w.dir, "backups", "database", "*", "*", "*.json"))
	if err != nil || len(manifests) != 1 {
		return "", fmt.Errorf("%d backups: %w", len(manifests), errors.Join(err, errors.New("there should be one")))
	}
	name := strings.TrimSuffix(filepath.Base(manifests[0]), ".json")
	return strings.TrimPrefix(name, strings.TrimPrefix(w.platform.URL.Path, "/")+"-"), nil
}

// approve has one person type a command and another approve it.
func (w *world) approve(ctx context.Context, command string) error {
	if err := w.slack.User("system").Command(commandChannel, command); err != nil {
		return err
	}
	card, err := w.slack.WaitMessage(ctx, slacksim.In(commandChannel), offering(calls.ActionApprove))
	if err != nil {
		return fmt.Errorf("%s asks for a second person: %w", command, err)
	}
	return w.pressUntilGone(ctx, "dba", card, calls.ActionApprove)
}

// pressUntilGone presses a button until it is not there any more: a press that meets an opsbot that is dead is lost, and the person sees it.
func (w *world) pressUntilGone(ctx context.Context, person string, m slacksim.Message, action string) error {
	for {
		_ = w.slack.User(person).Click(m, action) // what goes wrong is what the person sees: nothing happens, so they try again
		waiting, cancel := context.WithTimeout(ctx, patience)
		_, err := w.slack.WaitMessage(waiting, slacksim.In(commandChannel), slacksim.Where(func(now slacksim.Message) bool {
			return now.TS == m.TS && !offers(now, action)
		}))
		cancel()
		if err == nil || ctx.Err() != nil {
			return errors.Join(err, context.Cause(ctx))
		}
	}
}

func offering(action string) slacksim.Match {
	return slacksim.Where(func(m slacksim.Message) bool { return offers(m, action) })
}

func offers(m slacksim.Message, action string) bool {
	return slices.ContainsFunc(m.Buttons(), func(b slacksim.Button) bool { return b.ActionID == action })
}

// judgeRestore waits for the end of the run, answering what opsbot asks as a person would who looks at the data, and checks what was done.
func (w *world) judgeRestore(ctx context.Context, id string) error {
	again := 0
	overOrAsking := slacksim.Where(func(m slacksim.Message) bool {
		return asksAboutStep(m) || strings.Contains(m.Text(), "Safety backup") // which the last card names
	})
	for {
		wait, cancel := context.WithTimeout(ctx, w.pace.settle)
		m, err := w.slack.WaitMessage(wait, slacksim.In(commandChannel), overOrAsking)
		cancel()
		if err != nil {
			return fmt.Errorf("the restore comes to an end: %w", err)
		}
		if !asksAboutStep(m) {
			break
		}
		slip, err := w.hasSlip(ctx)
		if err != nil {
			return err
		}
		answer := calls.ActionStepDone
		if slip {
			answer = calls.ActionStepAgain
			again++
		}
		if err := w.pressUntilGone(ctx, "dba", m, answer); err != nil {
			return err
		}
	}
	if slip, err := w.hasSlip(ctx); err != nil || slip {
		return errors.Join(err, errors.New("the restore is said to be over, and the data is not restored"))
	}
	return w.countRestores(id, again)
}

func asksAboutStep(m slacksim.Message) bool { return offers(m, calls.ActionStepDone) }

// countRestores counts, in the API server's audit log, how often the backup was played into the database.
func (w *world) countRestores(id string, again int) error {
	events, err := w.suite.cluster.AuditEvents()
	if err != nil {
		return err
	}
	began := map[string]bool{} // a request has several events
	for _, event := range events {
		if uri, err := url.QueryUnescape(event.RequestURI); err == nil && strings.Contains(uri, "command=backup="+id) {
			began[event.AuditID] = true
		}
	}
	if len(began) == 0 || len(began) > 1+again {
		return fmt.Errorf("the restore was begun %d times, and a person said %d times that it should be", len(began), 1+again)
	}
	return nil
}
