package certs

import (
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	clienttesting "k8s.io/client-go/testing"

	"opsbot/internal/optest"
	"opsbot/k8sops"
)

func TestWhatIsTypedIsCheckedBeforeAnythingChanges(t *testing.T) {
	root := optest.NewAuthority(t, "Example Root", nil)
	ca, other := optest.NewAuthority(t, "Example CA", root), optest.NewAuthority(t, "Other CA", root)
	names := []string{"shop.example.com"}
	old, good, another := ca.Issue(t, in(5), names), ca.Issue(t, in(90), names), ca.Issue(t, in(91), names)
	encrypted := string(pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: []byte("x")}))
	client := ca.Issue(t, in(90), names, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} })
	nameless := ca.Issue(t, in(90), names, func(c *x509.Certificate) { c.DNSNames = nil })
	for name, c := range map[string]struct{ certificate, chain, key, want string }{
		"no certificate":      {"hello", "", good.Key, "k8sops.certs.renew.no_certificate"},
		"half a certificate":  {good.Certificate[:200], "", good.Key, "k8sops.certs.renew.no_certificate"},
		"half a chain":        {good.Certificate, ca.PEM[:200], good.Key, "k8sops.certs.renew.cut_off"},
		"key in it":           {good.Certificate + good.Key, "", good.Key, "k8sops.certs.renew.key_among_certificates"},
		"no key":              {good.Certificate, "", "hunter2", "k8sops.certs.renew.no_key"},
		"half a key":          {good.Certificate, "", good.Key[:100], "k8sops.certs.renew.no_key"},
		"damaged key":         {good.Certificate, "", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("x")})), "k8sops.certs.renew.key_unreadable"},
		"encrypted key":       {good.Certificate, "", encrypted, "k8sops.certs.renew.key_encrypted"},
		"two keys":            {good.Certificate, "", good.Key + another.Key, "k8sops.certs.renew.two_keys"},
		"key of another":      {good.Certificate, "", another.Key, "k8sops.certs.renew.key_of_another"},
		"expired":             {ca.Issue(t, in(-1), names).Certificate, "", good.Key, "k8sops.certs.renew.expired"},
		"not yet":             {ca.Issue(t, in(200), names).Certificate, "", good.Key, "k8sops.certs.renew.not_yet"},
		"wrong intermediate":  {good.Certificate, other.PEM, good.Key, "k8sops.certs.renew.order"},
		"issuer in front":     {ca.PEM + good.Certificate, "", good.Key, "k8sops.certs.renew.authority_first"},
		"root before issuer":  {good.Certificate, root.PEM + ca.PEM, good.Key, "k8sops.certs.renew.order"},
		"for clients":         {client.Certificate, "", client.Key, "k8sops.certs.renew.not_for_servers"},
		"without names":       {nameless.Certificate, "", nameless.Key, "k8sops.certs.renew.no_names"},
		"the one that it has": {old.Certificate, "", old.Key, "k8sops.certs.renew.same"},
		"far too many":        {good.Certificate, strings.Repeat(ca.PEM, 11), good.Key, "k8sops.certs.renew.too_many"},
	} {
		typed := map[string]string{"certificate": c.certificate, "key": c.key}
		if c.chain != "" {
			typed["chain"] = c.chain
		}
		call, _ := renewal(t, platform(nil, "shop-tls"), typed, optest.TLSSecret("shop-tls", old))
		_, err := call.Operation.Plan(t.Context(), call)
		require.Equal(t, c.want, optest.MessageID(t, err), name)
		require.NotContains(t, err.Error(), "hunter2")
		for _, line := range keyLines(good.Key, another.Key) {
			require.NotContains(t, err.Error(), line, name)
		}
	}
}

// A field of Slack's holds 3,000 characters: a key of 4,096 bits comes in two halves, and the chain in a field of its own.
func TestALongKeyComesInTwoHalves(t *testing.T) {
	ca := optest.NewAuthority(t, "Example CA", nil)
	old, next := ca.Issue(t, in(5), []string{"shop.example.com"}), ca.Issue(t, in(90), []string{"shop.example.com"})
	lines := strings.SplitAfter(next.Key, "\n")
	call, _ := renewal(t, platform(nil, "shop-tls"), map[string]string{
		"certificate": strings.ReplaceAll(next.Certificate, "\n", "\r\n"), "key": strings.Join(lines[:2], ""), "key-rest": "\n" + strings.Join(lines[2:], ""),
	}, optest.TLSSecret("shop-tls", old))
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	require.NoError(t, optest.Do(t.Context(), call, plan))
	require.Equal(t, next.Key, inSecret(t, call, corev1.TLSPrivateKeyKey))
	require.Equal(t, next.Certificate, inSecret(t, call, corev1.TLSCertKey))
	for _, name := range []string{"certificate", "key", "chain", "key-rest"} {
		arg, ok := call.Operation.Arg(name)
		require.True(t, ok)
		require.NoError(t, arg.CheckSecret(next.Key))
	}
}

func TestLostNamesNeedASecondPerson(t *testing.T) {
	ca := optest.NewAuthority(t, "Example CA", nil)
	old := ca.Issue(t, in(5), []string{"shop.example.com", "*.api.example.com", "10.0.0.7"})
	for want, c := range map[string][]string{
		"":                            {"shop.example.com", "*.api.example.com", "10.0.0.7", "new.example.com"},
		"10.0.0.7":                    {"*.example.com", "*.api.example.com"},
		"*.api.example.com, 10.0.0.7": {"shop.example.com", "v1.api.example.com"},
		"10.0.0.7, shop.example.com":  {"*.api.example.com"},
	} {
		next := ca.Issue(t, in(90), c)
		call, _ := renewal(t, platform(nil, "shop-tls"), map[string]string{"certificate": next.Certificate, "key": next.Key}, optest.TLSSecret("shop-tls", old))
		plan, err := call.Operation.Plan(t.Context(), call)
		require.NoError(t, err)
		if want == "" {
			require.Equal(t, k8sops.Disruptive, plan.Danger)
			continue
		}
		require.Equal(t, k8sops.Destructive, plan.Danger)
		last := plan.Warning[len(plan.Warning)-1]
		require.Equal(t, "k8sops.danger.loses_names", last.ID)
		require.Equal(t, want, last.Args["names"].S)
	}
}

func TestSecretsThatAreNotRenewedHere(t *testing.T) {
	ca := optest.NewAuthority(t, "Example CA", nil)
	old, next := ca.Issue(t, in(5), []string{"shop.example.com"}), ca.Issue(t, in(90), []string{"shop.example.com"})
	fixed := true
	for want, change := range map[string]func(*corev1.Secret){
		"k8sops.certs.owned":      func(s *corev1.Secret) { s.Annotations = map[string]string{"cert-manager.io/certificate-name": "shop"} },
		"k8sops.secret.immutable": func(s *corev1.Secret) { s.Immutable = &fixed },
		"k8sops.certs.no_tls":     func(s *corev1.Secret) { s.Type = corev1.SecretTypeOpaque },
		"k8sops.certs.unknown":    func(s *corev1.Secret) { s.Name = "shop-tsl" },
	} {
		s := optest.TLSSecret("shop-tls", old)
		change(s)
		call, _ := renewal(t, platform(nil, "shop-tls"), map[string]string{"certificate": next.Certificate, "key": next.Key}, s)
		_, err := call.Operation.Plan(t.Context(), call)
		require.Equal(t, want, optest.MessageID(t, err))
	}
}

// A Secret whose certificate cannot be read is mended by a renewal; there is nothing to undo.
func TestABrokenSecretIsRenewed(t *testing.T) {
	ca := optest.NewAuthority(t, "Example CA", nil)
	next := ca.Issue(t, in(90), []string{"shop.example.com"})
	call, _ := renewal(t, platform(nil, "shop-tls"), map[string]string{"certificate": next.Certificate, "key": next.Key},
		optest.TLSSecret("shop-tls", optest.Issued{Certificate: "broken", Key: "broken"}), ingress("shop-tls"))
	plan, _, proof, err := optest.RunAll(t.Context(), call)
	require.NoError(t, err)
	require.Equal(t, "k8sops.certs.renew.not_seen", proof.Summary.ID)
	back, err := call.Operation.Undo(call, plan)
	require.NoError(t, err)
	require.Nil(t, back)
}

func TestWhatCannotBeBroughtBack(t *testing.T) {
	ca := optest.NewAuthority(t, "Example CA", nil)
	now := ca.Issue(t, in(90), []string{"shop.example.com"})
	call, _ := optest.NewCall(t, Operations(platform(nil, "shop-tls")), "certs restore shop-tls", optest.TLSSecret("shop-tls", now))
	_, err := call.Operation.Plan(t.Context(), call)
	require.Equal(t, "k8sops.certs.restore.nothing", optest.MessageID(t, err))

	ended := ca.Issue(t, in(-1), []string{"shop.example.com"})
	kept := optest.TLSSecret("shop-tls", now)
	kept.Data[previousCert], kept.Data[previousKey] = []byte(ended.Certificate), []byte(ended.Key)
	call, _ = optest.NewCall(t, Operations(platform(nil, "shop-tls")), "certs restore shop-tls 0123456789ab", kept)
	_, err = call.Operation.Plan(t.Context(), call)
	require.Equal(t, "k8sops.certs.restore.another", optest.MessageID(t, err))
	call, _ = optest.NewCall(t, Operations(platform(nil, "shop-tls")), "certs restore shop-tls", kept)
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	require.Equal(t, k8sops.Destructive, plan.Danger)
	require.Equal(t, "k8sops.danger.expired", plan.Warning[len(plan.Warning)-1].ID)
}

// An admission webhook's refusal may repeat the key. It is shown to nobody.
func TestARefusalThatRepeatsTheKeyIsNotShown(t *testing.T) {
	ca := optest.NewAuthority(t, "Example CA", nil)
	old, next := ca.Issue(t, in(5), []string{"shop.example.com"}), ca.Issue(t, in(90), []string{"shop.example.com"})
	call, client := renewal(t, platform(nil, "shop-tls"), map[string]string{"certificate": next.Certificate, "key": next.Key}, optest.TLSSecret("shop-tls", old))
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	line := keyLines(next.Key)[0]
	client.PrependReactor("patch", "secrets", func(clienttesting.Action) (bool, runtime.Object, error) {
		return true, nil, apierrors.NewBadRequest("denied: " + line)
	})
	err = optest.Do(t.Context(), call, plan)
	require.Error(t, err)
	require.NotContains(t, err.Error(), line)
}
