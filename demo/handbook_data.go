package demo

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/app/configured"
	"opsbot/k8sops/backup"
	"opsbot/k8sops/kube"
	"opsbot/messages"
	"opsbot/testcluster"
)

func (t *tour) rowBackup(ctx context.Context) (messages.Text, error) {
	if _, err := t.asks(ctx, "dba", "/backup db", ""); err != nil {
		return messages.Text{}, err
	}
	rows, err := t.restoreNewest(ctx)
	return messages.New("handbook.fact.backup", "rows", rows), err
}

// newestBackup is the id of the newest backup, read from where they are kept.
func (t *tour) newestBackup(ctx context.Context) (backup.Backup, error) {
	kept, err := configured.Backups(ctx, t.config)
	if err != nil {
		return backup.Backup{}, err
	}
	defer kept.Close()
	all, err := backup.List(ctx, kept, t.config.Kubernetes.Name, t.config.Kubernetes.Namespace)
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("there is no backup")
	}
	if err != nil {
		return backup.Backup{}, err
	}
	return all[0], nil
}

func (t *tour) rowBackups(ctx context.Context) (messages.Text, error) {
	answer, err := t.asks(ctx, "dba", "/backups", "")
	if err != nil {
		return messages.Text{}, err
	}
	newest, err := t.newestBackup(ctx)
	if err != nil {
		return messages.Text{}, err
	}
	return messages.New("handbook.fact.listed", "id", newest.ID), holds(answer, newest.ID)
}

func (t *tour) rowBackupVerify(ctx context.Context) (messages.Text, error) {
	if _, err := t.asks(ctx, "dba", "/backup db", ""); err != nil {
		return messages.Text{}, err
	}
	if _, err := t.asks(ctx, "dba", "/backup verify", ""); err != nil {
		return messages.Text{}, err
	}
	newest, err := t.newestBackup(ctx)
	if err == nil && newest.VerifiedAt.IsZero() {
		err = fmt.Errorf("%s is not verified", newest.ID)
	}
	return messages.New("handbook.fact.verified", "id", newest.ID), err
}

// rowRestore deletes rows, and has them back.
func (t *tour) rowRestore(ctx context.Context) (messages.Text, error) {
	newest, err := t.newestBackup(ctx)
	if err != nil {
		return messages.Text{}, err
	}
	before, err := t.count(ctx, "payments")
	if err != nil {
		return messages.Text{}, err
	}
	if err := t.sql(ctx, "DELETE FROM payments"); err != nil {
		return messages.Text{}, err
	}
	began := time.Now()
	if _, err := t.asks(ctx, "dba", "/restore db "+newest.ID, "system"); err != nil {
		return messages.Text{}, err
	}
	after, err := t.count(ctx, "payments")
	if err == nil && (after != before || before == 0) {
		err = fmt.Errorf("payments has %d rows, had %d", after, before)
	}
	if err == nil {
		err = t.restartedSince(ctx, began)
	}
	return messages.New("handbook.fact.restored", "rows", after), err
}

// restartedSince asks the API server whether all backend services were restarted after a time.
func (t *tour) restartedSince(ctx context.Context, began time.Time) error {
	deployments, err := t.cluster.Client().AppsV1().Deployments(testcluster.PlatformNamespace).List(ctx, metav1.ListOptions{LabelSelector: "tier=backend"})
	if err != nil {
		return err
	}
	for _, d := range deployments.Items {
		if !kube.RestartedSince(kube.WorkloadOf(&d), began) {
			return fmt.Errorf("%s was not restarted", d.Name)
		}
	}
	return nil
}

func (t *tour) count(ctx context.Context, table string) (n int, err error) {
	conn, err := pgx.Connect(ctx, t.database.DSN())
	if err != nil {
		return 0, err
	}
	defer conn.Close(ctx)
	err = conn.QueryRow(ctx, "SELECT count(*) FROM "+pgx.Identifier{table}.Sanitize()).Scan(&n)
	return n, err
}

func (t *tour) sql(ctx context.Context, statement string) error {
	conn, err := pgx.Connect(ctx, t.database.DSN())
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, statement)
	return err
}

func (t *tour) rowDatabase(ctx context.Context) (messages.Text, error) {
	conn, err := pgx.Connect(ctx, t.database.DSN()) // one to be seen
	if err != nil {
		return messages.Text{}, err
	}
	defer conn.Close(ctx)
	connections, err := t.asks(ctx, "dba", "/db connections", "")
	if err != nil {
		return messages.Text{}, err
	}
	if err := holds(connections, t.database.User, "127.0.0.1"); err != nil {
		return messages.Text{}, err
	}
	if _, err := t.asks(ctx, "dba", "/db slow", ""); err != nil {
		return messages.Text{}, err
	}
	if _, err := t.asks(ctx, "dba", "/db set work_mem=8MB", "system"); err != nil {
		return messages.Text{}, err
	}
	var value string // as the server has it for those who come now
	err = conn.QueryRow(ctx, "SELECT setting || unit FROM pg_settings WHERE name = 'work_mem'").Scan(&value)
	if err == nil && value != "8192kB" {
		err = fmt.Errorf("work_mem is %s", value)
	}
	if err != nil {
		return messages.Text{}, err
	}
	return messages.New("handbook.fact.setting"), nil
}

func (t *tour) rowRedis(ctx context.Context) (messages.Text, error) {
	memory, err := t.asks(ctx, "dba", "/redis memory", "")
	if err != nil {
		return messages.Text{}, err
	}
	if _, err := t.asks(ctx, "dba", "/redis stats", ""); err != nil {
		return messages.Text{}, err
	}
	return messages.New("handbook.fact.redis"), holds(memory, "redis")
}

// rowRotate lets a new password be made up: it is the Secret's, it opens the database, and the old one does not.
func (t *tour) rowRotate(ctx context.Context) (messages.Text, error) {
	old, began := t.database.Password, time.Now()
	if _, err := t.asks(ctx, "dba", "/secret rotate postgres-secret password", "system"); err != nil {
		return messages.Text{}, err
	}
	secret, err := t.cluster.Client().CoreV1().Secrets(testcluster.PlatformNamespace).Get(ctx, "postgres-secret", metav1.GetOptions{})
	if err != nil {
		return messages.Text{}, err
	}
	t.database.Password = string(secret.Data["password"])
	if t.database.Password == old || !t.opens(ctx, t.database.Password) || t.opens(ctx, old) {
		return messages.Text{}, fmt.Errorf("the new password does not open the database alone")
	}
	return messages.New("handbook.fact.rotated"), t.restartedSince(ctx, began)
}

// opens tries a password as an ordinary client of the database.
func (d *demo) opens(ctx context.Context, password string) bool {
	u := url.URL{Scheme: "postgres", User: url.UserPassword(d.database.User, password), Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(d.database.Port)), Path: d.database.Database}
	conn, err := pgx.Connect(ctx, u.String())
	if err != nil {
		return false
	}
	return conn.Close(ctx) == nil
}
