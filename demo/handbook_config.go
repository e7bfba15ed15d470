package demo

import (
	"context"
	"fmt"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/app/configured"
	"opsbot/k8sops/backup"
	"opsbot/messages"
	"opsbot/testcluster"
)

// rowBackupConfig finds every Deployment of the namespace in what was stored.
func (t *tour) rowBackupConfig(ctx context.Context) (messages.Text, error) {
	if _, err := t.asks(ctx, "system", "/backup config", ""); err != nil {
		return messages.Text{}, err
	}
	newest, err := t.newestConfig(ctx)
	if err != nil {
		return messages.Text{}, err
	}
	deployments, err := t.cluster.Client().AppsV1().Deployments(testcluster.PlatformNamespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return messages.Text{}, err
	}
	for _, d := range deployments.Items {
		if !slices.Contains(newest.Objects, backup.ObjectRef{APIVersion: "apps/v1", Kind: "Deployment", Name: d.Name}) {
			return messages.Text{}, fmt.Errorf("%s is not in %s", d.Name, newest.ID)
		}
	}
	return messages.New("handbook.fact.config", "id", newest.ID, "objects", len(newest.Objects), "deployments", len(deployments.Items)), nil
}

// newestConfig is the newest backup of the configuration, read from where they are kept.
func (t *tour) newestConfig(ctx context.Context) (backup.Backup, error) {
	kept, err := configured.Backups(ctx, t.config)
	if err != nil {
		return backup.Backup{}, err
	}
	defer kept.Close()
	all, err := backup.ListConfig(ctx, kept, t.config.Kubernetes.Name, t.config.Kubernetes.Namespace)
	if err == nil && (len(all) == 0 || all[0].VerifiedAt.IsZero()) {
		err = fmt.Errorf("there is no verified backup of the configuration")
	}
	if err != nil {
		return backup.Backup{}, err
	}
	return all[0], nil
}

// rowRestoreConfig changes an image and deletes a Service, as a slip would, and has both back.
func (t *tour) rowRestoreConfig(ctx context.Context) (messages.Text, error) {
	newest, err := t.newestConfig(ctx)
	if err != nil {
		return messages.Text{}, err
	}
	api := t.cluster.Client()
	deployments, services := api.AppsV1().Deployments(testcluster.PlatformNamespace), api.CoreV1().Services(testcluster.PlatformNamespace)
	user, err := deployments.Get(ctx, "user-service", metav1.GetOptions{})
	if err != nil {
		return messages.Text{}, err
	}
	image := user.Spec.Template.Spec.Containers[0].Image
	user.Spec.Template.Spec.Containers[0].Image = "user-service:slip"
	if _, err := deployments.Update(ctx, user, metav1.UpdateOptions{FieldManager: "kubectl-edit"}); err != nil {
		return messages.Text{}, err
	}
	if err := services.Delete(ctx, "product-service", metav1.DeleteOptions{}); err != nil {
		return messages.Text{}, err
	}
	if _, err := t.asks(ctx, "system", "/restore config "+newest.ID, alone); err != nil {
		return messages.Text{}, err
	}
	if _, err := services.Get(ctx, "product-service", metav1.GetOptions{}); apierrors.IsNotFound(err) {
		return messages.Text{}, fmt.Errorf("the Service is not back")
	} else if err != nil {
		return messages.Text{}, err
	}
	after, err := t.image(ctx, "user-service")
	if err == nil && after != image {
		err = fmt.Errorf("user-service runs %s, had %s", after, image)
	}
	return messages.New("handbook.fact.config_back", "image", after), err
}
