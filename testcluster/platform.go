package testcluster

import (
	"context"
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	// PlatformNamespace is where the handbook's platform lives.
	PlatformNamespace = "ecommerce-k8s"

	platformTimeout         = 2 * time.Minute
	defaultDatabasePassword = "postgres-password"
)

// backends are the platform's services with the label tier=backend, in the order of their deployment.
func backends() []string {
	return []string{"api-gateway", "user-service", "product-service", "order-service", "payment-service"}
}

// PlatformOptions says where the platform goes.
type PlatformOptions struct {
	// Namespace is created if it does not exist; default PlatformNamespace.
	Namespace string
	// Database is the real PostgreSQL that programs run in the postgres pod reach; its password becomes the
	// postgres-secret. nil leaves the pod without one.
	Database *Postgres
	// Cache is the real Redis that redis-cli run in the redis pod reaches. nil leaves the pod without one.
	Cache *Redis
}

// ApplyPlatform brings up the handbook's platform and waits until all its deployments are available.
func (c *Cluster) ApplyPlatform(ctx context.Context, options PlatformOptions) error {
	namespace := options.Namespace
	if namespace == "" {
		namespace = PlatformNamespace
	}
	if err := c.CreateNamespace(ctx, namespace); err != nil {
		return err
	}
	if err := c.applyPlatformManifests(ctx, namespace, options.Database); err != nil {
		return fmt.Errorf("apply platform to namespace %s: %w", namespace, err)
	}
	if options.Database != nil {
		if err := c.ExecEnv(ctx, namespace, "postgres", options.Database.Env()); err != nil {
			return err
		}
	}
	if options.Cache != nil {
		if err := c.ExecEnv(ctx, namespace, "redis", options.Cache.Env()); err != nil {
			return err
		}
	}
	return c.AwaitAvailable(ctx, namespace, platformTimeout)
}

// CreateNamespace creates a namespace, if it does not exist, and waits until pods may be created in it.
func (c *Cluster) CreateNamespace(ctx context.Context, name string) error {
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
	_, err := c.client.CoreV1().Namespaces().Create(ctx, namespace, metav1.CreateOptions{})
	if err != nil && !errors.IsAlreadyExists(err) {
		return fmt.Errorf("create namespace %s: %w", name, err)
	}
	return c.awaitServiceAccount(ctx, name)
}

// DeleteNamespace deletes a namespace; the cluster empties it in the background.
func (c *Cluster) DeleteNamespace(ctx context.Context, name string) error {
	err := c.client.CoreV1().Namespaces().Delete(ctx, name, metav1.DeleteOptions{})
	if err != nil && !errors.IsNotFound(err) {
		return fmt.Errorf("delete namespace %s: %w", name, err)
	}
	return nil
}

// Apply applies every document of a manifest, as the administrator; namespaced objects without a namespace go to namespace.
func (c *Cluster) Apply(ctx context.Context, manifest []byte, namespace string) error {
	return c.applier.apply(ctx, manifest, namespace)
}

func (c *Cluster) applyPlatformManifests(ctx context.Context, namespace string, database *Postgres) error {
	platform, err := newApplier(c.admin, c.client, "deploy.sh")
	if err != nil {
		return err
	}
	if err := c.applyDatabaseSecret(ctx, platform, namespace, database); err != nil {
		return err
	}
	for _, manifest := range platformManifests() {
		content, err := render(manifest.file, manifest.replacements...)
		if err != nil {
			return err
		}
		if err := platform.apply(ctx, content, namespace); err != nil {
			return err
		}
	}
	return nil
}

type platformManifest struct {
	file         string
	replacements []string
}

func platformManifests() []platformManifest {
	manifests := []platformManifest{{file: "platform/data.yaml"}}
	for _, name := range backends() {
		manifests = append(manifests, platformManifest{file: "platform/backend.yaml", replacements: []string{"APP", name}})
	}
	return append(manifests, platformManifest{file: "platform/policies.yaml"})
}

func (c *Cluster) applyDatabaseSecret(ctx context.Context, platform *applier, namespace string, database *Postgres) error {
	user, password := "postgres", defaultDatabasePassword
	if database != nil {
		user, password = database.User, database.Password
	}
	manifest, err := render("platform/postgres-secret.yaml", "DB_USER", user, "DB_PASSWORD", password)
	if err != nil {
		return err
	}
	return platform.apply(ctx, manifest, namespace)
}

// AwaitAvailable waits until every deployment of the namespace has rolled out and all its replicas are available.
func (c *Cluster) AwaitAvailable(ctx context.Context, namespace string, timeout time.Duration) error {
	var waiting []string
	err := poll(ctx, timeout, func(ctx context.Context) (bool, error) {
		deployments, err := c.client.AppsV1().Deployments(namespace).List(ctx, metav1.ListOptions{})
		if err != nil {
			return false, nil
		}
		waiting = nil
		for i := range deployments.Items {
			if d := &deployments.Items[i]; !rolledOut(d) {
				waiting = append(waiting, d.Name)
			}
		}
		return len(waiting) == 0, nil
	})
	if err != nil {
		return fmt.Errorf("wait until deployments %v of namespace %s are available: %w", waiting, namespace, err)
	}
	return nil
}

func rolledOut(d *appsv1.Deployment) bool {
	want := int32(1)
	if d.Spec.Replicas != nil {
		want = *d.Spec.Replicas
	}
	s := d.Status
	return s.ObservedGeneration >= d.Generation && s.Replicas == want && s.UpdatedReplicas == want && s.AvailableReplicas == want
}
