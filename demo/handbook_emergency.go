package demo

import (
	"context"
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"opsbot/messages"
	"opsbot/testcluster"
)

func (t *tour) deployment(ctx context.Context, name string) (*appsv1.Deployment, error) {
	return t.cluster.Client().AppsV1().Deployments(testcluster.PlatformNamespace).Get(ctx, name, metav1.GetOptions{})
}

// restarted tells whether a deployment was restarted since a time, by the API server's word.
func (t *tour) restarted(ctx context.Context, name string, since time.Time) error {
	d, err := t.deployment(ctx, name)
	if err != nil {
		return err
	}
	at, err := time.Parse(time.RFC3339, d.Spec.Template.Annotations["kubectl.kubernetes.io/restartedAt"])
	if err != nil || at.Before(since.Truncate(time.Second)) {
		return fmt.Errorf("%s was not restarted", name)
	}
	return nil
}

// lose removes rows that a backup has, and gives back how many there were.
func (t *tour) lose(ctx context.Context) (rows int, err error) {
	if _, err := t.asks(ctx, "dba", "/backup db", ""); err != nil {
		return 0, err
	}
	if _, err := t.asks(ctx, "dba", "/backup verify", ""); err != nil {
		return 0, err
	}
	if rows, err = t.count(ctx, "payments"); err != nil {
		return 0, err
	}
	return rows, t.sql(ctx, "DELETE FROM payments")
}

func (t *tour) hasRows(want int) func(context.Context) error {
	return func(ctx context.Context) error {
		now, err := t.count(ctx, "payments")
		if err == nil && (now != want || want == 0) {
			err = fmt.Errorf("payments has %d rows, had %d", now, want)
		}
		return err
	}
}

// rowDatabaseFailure restarts the database and restores what was lost, as the database administrator.
func (t *tour) rowDatabaseFailure(ctx context.Context) (messages.Text, error) {
	rows, err := t.lose(ctx)
	if err != nil {
		return messages.Text{}, err
	}
	began := time.Now()
	r, err := t.guided(ctx, "dba", "", "/emergency database",
		decision{step: 4, line: "/db restart", by: "dba", second: "system", then: func(ctx context.Context) error { return t.restarted(ctx, "postgres", began) }},
		decision{step: 5, line: "/restore db latest", by: "dba", second: "system", then: t.hasRows(rows)},
	)
	if err != nil {
		return messages.Text{}, err
	}
	fact, err := accounted(r)
	return messages.New("handbook.fact.database", "rows", rows, "run", fact), err
}

// rowOutage restarts every service, and leaves out with a reason what is not needed.
func (t *tour) rowOutage(ctx context.Context) (messages.Text, error) {
	began := time.Now()
	r, err := t.guided(ctx, "system", "", "/emergency outage",
		decision{step: 4, line: "/rollout restart all", by: "system", second: "development", then: func(ctx context.Context) error { return t.restarted(ctx, "order-service", began) }},
		decision{step: 5, line: "/run deploy", by: "development", second: "system"},
		decision{step: 6, by: "system", skip: "the data is not damaged"},
	)
	if err != nil {
		return messages.Text{}, err
	}
	fact, err := accounted(r)
	return messages.New("handbook.fact.outage", "run", fact), err
}

// rowRebuild deletes the services and has them back. The deploy Job's container does nothing on simulated nodes, so the tour applies what its script
// would apply, once the Job has run.
func (t *tour) rowRebuild(ctx context.Context) (messages.Text, error) {
	rows, err := t.count(ctx, "payments")
	if err != nil {
		return messages.Text{}, err
	}
	claims := t.cluster.Client().CoreV1().PersistentVolumeClaims(testcluster.PlatformNamespace)
	before, err := claims.List(ctx, metav1.ListOptions{})
	if err != nil {
		return messages.Text{}, err
	}
	old, err := t.deployment(ctx, "order-service")
	if err != nil {
		return messages.Text{}, err
	}
	r, err := t.guided(ctx, "system", alone, "/rebuild",
		decision{step: 1, line: "/backup db", by: "system"},
		decision{step: 2, line: "/backup verify", by: "system"},
		decision{step: 3, line: "/backup config", by: "system"},
		decision{step: 4, line: "/rebuild delete", by: "system", second: alone, then: t.servicesAreGone},
		decision{step: 5, line: "/run deploy", by: "system", second: "development", then: t.deployAnew},
		decision{step: 6, line: "/restore db latest", by: "system", second: "dba", then: t.hasRows(rows)},
		decision{step: 8, line: "/run api-test", by: "system"},
	)
	if err != nil {
		return messages.Text{}, err
	}
	if err := t.isAnother(ctx, "order-service", old.UID); err != nil {
		return messages.Text{}, err
	}
	after, err := claims.List(ctx, metav1.ListOptions{})
	if err != nil {
		return messages.Text{}, err
	}
	if len(after.Items) != len(before.Items) {
		return messages.Text{}, fmt.Errorf("%d volume claims are left of %d", len(after.Items), len(before.Items))
	}
	fact, err := accounted(r)
	return messages.New("handbook.fact.rebuilt", "claims", len(after.Items), "rows", rows, "run", fact), err
}

// servicesAreGone: the services are, and the database is not.
func (t *tour) servicesAreGone(ctx context.Context) error {
	if _, err := t.deployment(ctx, "order-service"); !apierrors.IsNotFound(err) {
		return fmt.Errorf("order-service is there yet: %w", err)
	}
	_, err := t.deployment(ctx, "postgres")
	return err
}

func (t *tour) deployAnew(ctx context.Context) error {
	return t.cluster.ApplyPlatform(ctx, testcluster.PlatformOptions{Database: t.database, Cache: t.cache})
}

func (t *tour) isAnother(ctx context.Context, name string, old types.UID) error {
	d, err := t.deployment(ctx, name)
	if err == nil && d.UID == old {
		err = fmt.Errorf("%s was never deleted", name)
	}
	return err
}
