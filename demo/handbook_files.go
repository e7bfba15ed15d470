package demo

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"opsbot/app/configured"
	"opsbot/handlers/calls"
	"opsbot/k8sops/backup"
	"opsbot/messages"
	"opsbot/slacksim"
	"opsbot/testcluster"
)

// logs is where the user service leaves log files. The test cluster's programs run on this machine.
func (d *demo) logs() string { return filepath.Join(d.dir, "user-logs") }

// rowLogClean leaves a file of last week and one of today.
func (t *tour) rowLogClean(ctx context.Context) (messages.Text, error) {
	if err := os.MkdirAll(t.logs(), 0o750); err != nil {
		return messages.Text{}, err
	}
	old, young := filepath.Join(t.logs(), "app.log.1"), filepath.Join(t.logs(), "app.log")
	for _, file := range []string{old, young} {
		if err := os.WriteFile(file, []byte("something happened\n"), 0o600); err != nil {
			return messages.Text{}, err
		}
	}
	lastWeek := time.Now().Add(-8 * 24 * time.Hour)
	if err := os.Chtimes(old, lastWeek, lastWeek); err != nil {
		return messages.Text{}, err
	}
	if _, err := t.asks(ctx, "system", "/logs clean", ""); err != nil {
		return messages.Text{}, err
	}
	if _, err := os.Stat(old); !errors.Is(err, fs.ErrNotExist) {
		return messages.Text{}, fmt.Errorf("the old file is still there (%w)", err)
	}
	if _, err := os.Stat(young); err != nil {
		return messages.Text{}, err
	}
	return messages.New("handbook.fact.log_files"), nil
}

// rowResources gives a service more, and takes it back.
func (t *tour) rowResources(ctx context.Context) (messages.Text, error) {
	before, err := t.allowed(ctx)
	if err != nil {
		return messages.Text{}, err
	}
	answer, err := t.asks(ctx, "development", "/resources user --cpu 150m/600m --memory 192Mi/768Mi", "system")
	if err != nil {
		return messages.Text{}, err
	}
	const want = "cpu 150m/600m, memory 192Mi/768Mi"
	if have, err := t.allowed(ctx); err != nil || have != want {
		return messages.Text{}, errors.Join(fmt.Errorf("the pods have %s, want %s", have, want), err)
	}
	if err := t.undoes(ctx, "development", answer); err != nil {
		return messages.Text{}, err
	}
	have, err := t.allowed(ctx)
	if err == nil && have != before {
		err = fmt.Errorf("after undo the pods have %s, want %s", have, before)
	}
	return messages.New("handbook.fact.resources", "want", want, "before", before), err
}

// allowed is what every pod of the user service may use, and an error where they differ.
func (t *tour) allowed(ctx context.Context) (all string, err error) {
	api := t.cluster.Client()
	d, err := api.AppsV1().Deployments(testcluster.PlatformNamespace).Get(ctx, "user-service", metav1.GetOptions{})
	if err != nil {
		return "", err
	}
	pods, err := api.CoreV1().Pods(testcluster.PlatformNamespace).List(ctx, metav1.ListOptions{LabelSelector: labels.FormatLabels(d.Spec.Selector.MatchLabels)})
	if err != nil {
		return "", err
	}
	for _, p := range pods.Items {
		if p.DeletionTimestamp != nil {
			continue
		}
		one := limits(p.Spec.Containers[0].Resources)
		if all != "" && all != one {
			return "", fmt.Errorf("pods differ: %s, %s", all, one)
		}
		all = one
	}
	return all, nil
}

func limits(r corev1.ResourceRequirements) string {
	return fmt.Sprintf("cpu %v/%v, memory %v/%v", r.Requests.Cpu(), r.Limits.Cpu(), r.Requests.Memory(), r.Limits.Memory())
}

// undoes presses the button of an answer, agrees to the plan, and waits for its end.
func (t *tour) undoes(ctx context.Context, who string, answer slacksim.Message) error {
	if !hasButton(answer, calls.ActionUndo) {
		return fmt.Errorf("nothing offers to undo it:\n%s", answer.Text())
	}
	person := t.slack.User(who)
	before := max(t.newest(incidents), t.newest("@"+who))
	if err := person.Click(answer, calls.ActionUndo); err != nil {
		return err
	}
	plan, err := t.slack.WaitMessage(ctx, slacksim.FromBot(), slacksim.After(before), slacksim.Where(func(m slacksim.Message) bool { return hasButton(m, calls.ActionConfirm) }))
	if err != nil {
		return fmt.Errorf("undo shows no plan: %w", err)
	}
	t.shows(plan)
	if err := person.Click(plan, calls.ActionConfirm); err != nil {
		return err
	}
	done, err := t.edited(ctx, plan, t.isOver)
	if err == nil {
		t.shows(done)
	}
	return err
}

// uploads is where the API gateway keeps what people upload.
func (d *demo) uploads() string { return filepath.Join(d.dir, "uploads") }

// rowBackupFiles finds in the stored archive the bytes that the container has.
func (t *tour) rowBackupFiles(ctx context.Context) (messages.Text, error) {
	if err := os.MkdirAll(t.uploads(), 0o750); err != nil {
		return messages.Text{}, err
	}
	have := []byte("an invoice")
	if err := os.WriteFile(filepath.Join(t.uploads(), "invoice.pdf"), have, 0o600); err != nil {
		return messages.Text{}, err
	}
	if _, err := t.asks(ctx, "system", "/backup files api-gateway "+t.uploads(), ""); err != nil {
		return messages.Text{}, err
	}
	kept, err := configured.Backups(ctx, t.config)
	if err != nil {
		return messages.Text{}, err
	}
	defer kept.Close()
	all, err := backup.ListFiles(ctx, kept, t.config.Kubernetes.Name, t.config.Kubernetes.Namespace)
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("there is no backup of files")
	}
	if err != nil {
		return messages.Text{}, err
	}
	var found []byte
	err = backup.Deps{Backups: kept}.Read(ctx, &all[0], func(r io.Reader) error {
		found, err = fileIn(r, "invoice.pdf")
		return err
	})
	if err == nil && !bytes.Equal(found, have) {
		err = fmt.Errorf("the archive has %q", found)
	}
	return messages.New("handbook.fact.files", "id", all[0].ID, "bytes", len(found)), err
}

// fileIn reads a file of an archive.
func fileIn(r io.Reader, name string) ([]byte, error) {
	archive := tar.NewReader(r)
	for {
		header, err := archive.Next()
		if err != nil {
			return nil, err
		}
		if filepath.Base(header.Name) == name {
			return io.ReadAll(archive)
		}
	}
}
