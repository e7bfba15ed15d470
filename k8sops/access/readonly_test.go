package access

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"

	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/k8sops/cmdline"
	"opsbot/messages"
)

const token = "eyJhbGciOiJSUzI1NiJ9.the-token-itself.signature"

// place is a namespace whose API server gives tokens.
type place struct {
	t       *testing.T
	api     *fake.Clientset
	seconds []int64 // that were asked for
	token   string
}

func newPlace(t *testing.T, objects ...runtime.Object) *place {
	p := &place{t: t, api: optest.NewFake(objects...), token: token}
	p.api.PrependReactor("create", "serviceaccounts", func(a clienttesting.Action) (bool, runtime.Object, error) {
		request, ok := a.(clienttesting.CreateAction).GetObject().(*authenticationv1.TokenRequest)
		if !ok {
			return false, nil, nil
		}
		p.seconds = append(p.seconds, *request.Spec.ExpirationSeconds)
		until := metav1.NewTime(optest.TestNow().Add(time.Duration(*request.Spec.ExpirationSeconds) * time.Second))
		return true, &authenticationv1.TokenRequest{Status: authenticationv1.TokenRequestStatus{Token: p.token, ExpirationTimestamp: until}}, nil
	})
	return p
}

func (p *place) call(line string) *k8sops.Call {
	p.t.Helper()
	op, args, err := cmdline.Parse(Operations(optest.TestPlatform()), line)
	require.NoError(p.t, err)
	return &k8sops.Call{
		ID: "c0ffee42", Operation: op, Args: args, Cluster: "demo", Namespace: optest.TestNamespace, Identity: k8sops.Identity{User: "zhangsan@company.com"},
		Client: &k8sops.Client{Kubernetes: p.api}, Now: optest.TestNow(),
	}
}

func (p *place) must(line string) (*k8sops.Call, *k8sops.Plan, *k8sops.Result) {
	p.t.Helper()
	call := p.call(line)
	plan, result, proof, err := optest.RunAll(p.t.Context(), call)
	require.NoError(p.t, err)
	require.True(p.t, proof.OK, proof.Summary.ID)
	return call, plan, result
}

func TestAReadOnlyAccountIsMadeAndRemoved(t *testing.T) {
	for typed, name := range map[string]string{"auditor": "readonly-auditor", "readonly-user": "readonly-user"} {
		p := newPlace(t)
		call, plan, result := p.must("access readonly " + typed)
		require.Equal(t, k8sops.Change, plan.Danger)
		made, err := p.api.RbacV1().RoleBindings(optest.TestNamespace).Get(t.Context(), name, metav1.GetOptions{})
		require.NoError(t, err)
		require.True(t, bindsView(made, name))
		card, err := call.Operation.Reveal(t.Context(), call, plan)
		require.NoError(t, err)
		require.Equal(t, []int64{3600}, p.seconds)
		require.Equal(t, token, card.Sections[0].Code.Content)
		for what, kept := range map[string]any{"plan": plan, "result": result, "call": call.Args} {
			data, err := json.Marshal(kept)
			require.NoError(t, err)
			require.NotContains(t, string(data), token, what)
		}
		undo := optest.UndoLine(t, call, plan, Operations(optest.TestPlatform())...)
		require.Equal(t, "access revoke "+name, undo)

		_, plan, _ = p.must(undo)
		require.Equal(t, k8sops.Disruptive, plan.Danger)
		_, err = p.api.CoreV1().ServiceAccounts(optest.TestNamespace).Get(t.Context(), name, metav1.GetOptions{})
		require.Error(t, err)
		_, err = p.api.RbacV1().RoleBindings(optest.TestNamespace).Get(t.Context(), name, metav1.GetOptions{})
		require.Error(t, err)
	}
}

func TestAnotherTokenForTheSameAccount(t *testing.T) {
	p := newPlace(t)
	p.must("access readonly auditor")
	call, plan, _ := p.must("access readonly auditor --for 8h")
	require.False(t, plan.NoOp)
	require.Empty(t, plan.Changes)
	_, err := call.Operation.Reveal(t.Context(), call, plan)
	require.NoError(t, err)
	require.Equal(t, []int64{8 * 3600}, p.seconds)
}

func TestReadOnlyInWords(t *testing.T) {
	p := newPlace(t)
	call, plan, _ := p.must("access readonly auditor")
	card, err := call.Operation.Reveal(t.Context(), call, plan)
	require.NoError(t, err)
	revoked, err := p.call("access revoke auditor").Operation.Plan(t.Context(), p.call("access revoke auditor"))
	require.NoError(t, err)
	optest.Golden(t, "readonly", func(pr *messages.Printer) string {
		return optest.ShowPlan(pr, plan) + optest.ShowCard(pr, *card) + optest.ShowPlan(pr, revoked)
	})
}

func TestWhatIsNoReadOnlyAccountIsRefused(t *testing.T) {
	others := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "readonly-theirs", Namespace: optest.TestNamespace}}
	for line, id := range map[string]string{
		"access readonly Auditor":                    "k8sops.readonly.bad_name",
		"access readonly readonly-":                  "k8sops.readonly.bad_name",
		`access readonly "a b"`:                      "k8sops.readonly.bad_name",
		"access readonly auditor --for 5m":           "k8sops.readonly.bad_time",
		"access readonly auditor --for 25h":          "k8sops.readonly.bad_time",
		"access readonly theirs":                     "k8sops.readonly.not_ours",
		"access readonly mighty":                     "k8sops.readonly.more",
		"access revoke theirs":                       "k8sops.revoke.unknown",
		"access revoke nobody":                       "k8sops.revoke.unknown",
		"access readonly " + strings.Repeat("a", 60): "k8sops.readonly.bad_name",
	} {
		p := newPlace(t, append(company(), others, bound("more", "Role", "deployer", account("", "readonly-mighty")))...)
		call := p.call(line)
		_, err := call.Operation.Plan(t.Context(), call)
		require.Equal(t, id, optest.MessageID(t, err), line)
	}
}

func TestAKilledRunMakesTheAccountOnce(t *testing.T) {
	p := newPlace(t)
	call := p.call("access readonly auditor")
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	for _, step := range call.Operation.Steps {
		for _, resumed := range []bool{false, true} {
			require.NoError(t, step.Do(t.Context(), call, plan, &optest.RecordedProgress{}, resumed))
		}
	}
}

// Half a token is worth nothing, and a message that is too long is cut.
func TestATokenThatIsTooLongIsNotShown(t *testing.T) {
	p := newPlace(t)
	p.token = strings.Repeat("x", 3000)
	call, plan, _ := p.must("access readonly auditor")
	card, err := call.Operation.Reveal(t.Context(), call, plan)
	require.Nil(t, card)
	require.Equal(t, "k8sops.readonly.too_long", optest.MessageID(t, err))
}
