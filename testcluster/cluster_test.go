package testcluster

import (
	"testing"
	"time"

	"opsbot/testcluster/programs"

	"github.com/stretchr/testify/require"
	authenticationv1 "k8s.io/api/authentication/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

func TestMain(m *testing.M) { Main(m) }

func TestPlatformBecomesAvailable(t *testing.T) {
	c, namespace := platformIn(t, nil)

	deployments, err := c.Client().AppsV1().Deployments(namespace).List(t.Context(), metav1.ListOptions{})
	require.NoError(t, err)
	require.Len(t, deployments.Items, len(backends())+2)
	claim, err := c.Client().CoreV1().PersistentVolumeClaims(namespace).Get(t.Context(), "postgres-data", metav1.GetOptions{})
	require.NoError(t, err)
	require.EqualValues(t, "Bound", claim.Status.Phase)
	eventually(t, 10*time.Second, "user-service has two endpoints", func() bool {
		slices, err := c.Client().DiscoveryV1().EndpointSlices(namespace).
			List(t.Context(), metav1.ListOptions{LabelSelector: "kubernetes.io/service-name=user-service"})
		return err == nil && len(slices.Items) == 1 && len(slices.Items[0].Endpoints) == 2
	})
}

func TestKubeconfigIsTheAdministrators(t *testing.T) {
	c := Shared(t)
	config, err := clientcmd.BuildConfigFromFlags("", c.Kubeconfig())
	require.NoError(t, err)
	client, err := kubernetes.NewForConfig(config)
	require.NoError(t, err)
	nodes, err := client.CoreV1().Nodes().List(t.Context(), metav1.ListOptions{})
	require.NoError(t, err)
	require.Len(t, nodes.Items, nodeCount)
	version, err := client.Discovery().ServerVersion()
	require.NoError(t, err)
	require.Equal(t, programs.KubernetesVersion, version.GitVersion)
}

func TestUsersHaveOnlyTheRightsTheyWereGiven(t *testing.T) {
	c := Shared(t)
	namespace := NewNamespace(t)
	viewer, err := c.ConfigFor("vera@example.com", "viewers")
	require.NoError(t, err)
	account, err := c.ServiceAccountConfig(t.Context(), namespace, "default")
	require.NoError(t, err)

	for name, config := range map[string]*rest.Config{
		"vera@example.com": viewer,
		"system:serviceaccount:" + namespace + ":default": account,
	} {
		client, err := kubernetes.NewForConfig(config)
		require.NoError(t, err)
		review, err := client.AuthenticationV1().SelfSubjectReviews().
			Create(t.Context(), &authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{})
		require.NoError(t, err)
		require.Equal(t, name, review.Status.UserInfo.Username)
		_, err = client.CoreV1().Pods(namespace).List(t.Context(), metav1.ListOptions{})
		require.True(t, apierrors.IsForbidden(err), "%s may list pods: %v", name, err)
	}
}

func TestAuditLogNamesTheImpersonatedUser(t *testing.T) {
	c := Shared(t)
	namespace := NewNamespace(t)
	config := c.AdminConfig()
	config.Impersonate.UserName = "dba@example.com"
	config.Impersonate.Groups = []string{"dba"}
	config.Impersonate.Extra = map[string][]string{"opsbot/channel": {"C123"}}
	client, err := kubernetes.NewForConfig(config)
	require.NoError(t, err)

	_, err = client.CoreV1().Pods(namespace).List(t.Context(), metav1.ListOptions{})
	require.True(t, apierrors.IsForbidden(err), "got %v", err)

	events, err := c.AuditEvents()
	require.NoError(t, err)
	var found []AuditEvent
	for _, event := range events {
		if event.ObjectRef != nil && event.ObjectRef.Namespace == namespace && event.ImpersonatedUser != nil {
			found = append(found, event)
		}
	}
	require.Len(t, found, 1)
	require.Equal(t, adminUser, found[0].User.Username)
	require.Equal(t, "dba@example.com", found[0].ImpersonatedUser.Username)
	require.Contains(t, found[0].ImpersonatedUser.Groups, "dba")
	require.Equal(t, []string{"C123"}, found[0].ImpersonatedUser.Extra["opsbot/channel"])
	require.Equal(t, "list", found[0].Verb)
	require.Equal(t, 403, found[0].ResponseStatus.Code)
}
