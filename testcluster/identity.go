package testcluster

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"opsbot/testcluster/host"
	"opsbot/testcluster/pki"

	authenticationv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

const (
	adminUser   = "testcluster-admin"
	adminsGroup = "system:masters"
	// caretakerUser does the simulation's own work; the audit policy leaves it out.
	caretakerUser = "testcluster-caretaker"
)

// AdminConfig returns a client configuration that may do everything. The caller owns the copy.
func (c *Cluster) AdminConfig() *rest.Config { return rest.CopyConfig(c.admin) }

// Kubeconfig returns the path of a kubeconfig file for the same administrator.
func (c *Cluster) Kubeconfig() string { return filepath.Join(c.dir, "admin.kubeconfig") }

// ConfigFor returns a client configuration of an authenticated user of the given name and groups, who has exactly the
// rights that RBAC gives to them.
func (c *Cluster) ConfigFor(user string, groups ...string) (*rest.Config, error) {
	pair, err := c.pki.CA.Client(user, groups...)
	if err != nil {
		return nil, err
	}
	return c.restConfig(pair), nil
}

// ServiceAccountConfig returns a client configuration with a real token, valid for a day, of an existing service account.
func (c *Cluster) ServiceAccountConfig(ctx context.Context, namespace, name string) (*rest.Config, error) {
	seconds := int64(24 * 60 * 60)
	request := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{ExpirationSeconds: &seconds}}
	answer, err := c.client.CoreV1().ServiceAccounts(namespace).CreateToken(ctx, name, request, metav1.CreateOptions{})
	if err != nil {
		return nil, fmt.Errorf("request token of service account %s/%s: %w", namespace, name, err)
	}
	config := c.restConfig(pki.KeyPair{})
	config.BearerToken = answer.Status.Token
	return config, nil
}

// WriteKubeconfig writes config as a kubeconfig file, for programs that want a path. namespace is the context's default.
func (c *Cluster) WriteKubeconfig(path string, config *rest.Config, namespace string) error {
	const name = "testcluster"
	kubeconfig := clientcmdapi.NewConfig()
	kubeconfig.Clusters[name] = &clientcmdapi.Cluster{
		Server: config.Host, CertificateAuthorityData: config.CAData,
	}
	kubeconfig.AuthInfos[name] = &clientcmdapi.AuthInfo{
		ClientCertificateData: config.CertData, ClientKeyData: config.KeyData, Token: config.BearerToken,
	}
	kubeconfig.Contexts[name] = &clientcmdapi.Context{Cluster: name, AuthInfo: name, Namespace: namespace}
	kubeconfig.CurrentContext = name
	content, err := clientcmd.Write(*kubeconfig)
	if err != nil {
		return fmt.Errorf("encode kubeconfig %s: %w", path, err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		return fmt.Errorf("write kubeconfig: %w", err)
	}
	return nil
}

func (c *Cluster) restConfig(pair pki.KeyPair) *rest.Config {
	return &rest.Config{
		Host: "https://" + host.Loopback(c.apiPort),
		TLSClientConfig: rest.TLSClientConfig{
			CAData: c.pki.CA.CertPEM, CertData: pair.Cert, KeyData: pair.Key,
		},
		// A test waits on the server and not on the client's own throttle.
		QPS: -1,
	}
}

// componentKubeconfig signs a certificate for a component and returns the path of its kubeconfig.
func (c *Cluster) componentKubeconfig(file, user string, groups ...string) (string, error) {
	config, err := c.ConfigFor(user, groups...)
	if err != nil {
		return "", err
	}
	path := filepath.Join(c.dir, file+".kubeconfig")
	return path, c.WriteKubeconfig(path, config, "")
}
