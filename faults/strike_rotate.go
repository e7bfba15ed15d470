package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	typedcorev1 "k8s.io/client-go/kubernetes/typed/core/v1"

	"opsbot/slacksim"
	"opsbot/testcluster"
)

const firstPassword = "before-the-rotation"

// killDuringRotation has a password rotated, and kills opsbot once or twice in the middle. In the end role, Secret and the URL made of the
// password agree, the old password lets nobody in, and the service that reads it was restarted exactly once.
func killDuringRotation(ctx context.Context, w *world, random *rand.Rand, within time.Duration) error {
	name := strings.ReplaceAll(filepath.Base(w.dir), "-", "")
	if err := w.makeRotated(ctx, name); err != nil {
		return err
	}
	if err := w.approve(ctx, fmt.Sprintf("/secret rotate %s password --role %s", name, name)); err != nil {
		return err
	}
	err := at(ctx, moments(random, 1+random.IntN(2), within/2), func(ctx context.Context) error {
		return w.replicas[0].bounce(ctx, between(random, 0, time.Second))
	})
	if err != nil {
		return err
	}
	waiting, cancel := context.WithTimeout(ctx, w.pace.settle)
	defer cancel()
	if _, err := w.slack.WaitMessage(waiting, slacksim.In(commandChannel), slacksim.Containing("the old one no longer does")); err != nil {
		return fmt.Errorf("the rotation comes to an end: %w", err)
	}
	return w.judgeRotation(ctx, name)
}

// makeRotated makes a database role, a Secret with its password, and a service that reads it, all of one name.
func (w *world) makeRotated(ctx context.Context, name string) error {
	if err := w.sql(ctx, fmt.Sprintf("CREATE ROLE %s LOGIN PASSWORD '%s'", name, firstPassword)); err != nil {
		return err
	}
	w.Add("database role", func() error { return w.sql(context.Background(), "DROP ROLE "+name) })
	_, err := w.secrets().Create(ctx, &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: name}, StringData: map[string]string{
		"username": name, "password": firstPassword, "DATABASE_URL": w.roleURL(name, firstPassword),
	}}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	w.Add("secret", func() error { return w.secrets().Delete(context.Background(), name, metav1.DeleteOptions{}) })
	if err := w.suite.cluster.Apply(ctx, readingDeployment(name), testcluster.PlatformNamespace); err != nil {
		return err
	}
	w.Add("service", func() error {
		return w.suite.cluster.Client().AppsV1().Deployments(testcluster.PlatformNamespace).Delete(context.Background(), name, metav1.DeleteOptions{})
	})
	return w.suite.cluster.AwaitAvailable(ctx, testcluster.PlatformNamespace, time.Minute)
}

func (w *world) secrets() typedcorev1.SecretInterface {
	return w.suite.cluster.Client().CoreV1().Secrets(testcluster.PlatformNamespace)
}

func (w *world) roleURL(role, password string) string {
	u := url.URL{Scheme: "postgres", User: url.UserPassword(role, password),
		Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(w.suite.postgres.Port)), Path: w.platform.URL.Path}
	return u.String()
}

func (w *world) judgeRotation(ctx context.Context, name string) error {
	secret, err := w.secrets().Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return err
	}
	password := string(secret.Data["password"])
	if password == firstPassword || string(secret.Data["DATABASE_URL"]) != w.roleURL(name, password) {
		return errors.New("the rotation is said to be over, and the Secret does not have one new password everywhere")
	}
	if !getsIn(ctx, w.roleURL(name, password)) || getsIn(ctx, w.roleURL(name, firstPassword)) {
		return errors.New("the rotation is said to be over, and the database does not want the Secret's password, or wants the old one")
	}
	return w.countRestarts(ctx, name)
}

func getsIn(ctx context.Context, dsn string) bool {
	db, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return false
	}
	return db.Close(ctx) == nil
}

// countRestarts counts the deployment's pod templates: the one that it was made with, and one for each restart.
func (w *world) countRestarts(ctx context.Context, name string) error {
	list, err := w.suite.cluster.Client().AppsV1().ReplicaSets(testcluster.PlatformNamespace).List(ctx, metav1.ListOptions{LabelSelector: "app=" + name})
	if err != nil {
		return err
	}
	if restarts := len(list.Items) - 1; restarts != 1 {
		return fmt.Errorf("%s was restarted %d times", name, restarts)
	}
	return nil
}
