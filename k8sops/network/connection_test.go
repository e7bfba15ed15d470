package network

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"

	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/messages"
)

// printing answers every command with what a probe prints.
type printing struct {
	out  string
	err  error
	args []string
}

func (p *printing) Exec(_ context.Context, c k8sops.Command) error {
	p.args = c.Args
	return errors.Join(p.err, optest.Write(c.Stdout, p.out))
}

// shop is a service with its pod, and one that asks.
func shop() []runtime.Object {
	ip := func(pod *corev1.Pod, address string) *corev1.Pod {
		pod.Status.PodIP, pod.Status.PodIPs = address, []corev1.PodIP{{IP: address}}
		pod.Labels["tier"] = "backend"
		return pod
	}
	postgres := ip(optest.ReadyPod("postgres"), "10.244.0.9")
	delete(postgres.Labels, "tier")
	postgres.Spec.Containers[1].Ports = []corev1.ContainerPort{{Name: "pg", ContainerPort: 5432}}
	service := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: "postgres", Namespace: optest.TestNamespace}, Spec: corev1.ServiceSpec{
		ClusterIP: "10.96.0.7", Selector: map[string]string{"app": "postgres"},
		Ports: []corev1.ServicePort{{Name: "sql", Port: 5432, TargetPort: intstr.FromString("pg")}, {Name: "gone", Port: 9999, TargetPort: intstr.FromString("none")}},
	}}
	empty := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: "empty", Namespace: optest.TestNamespace}, Spec: corev1.ServiceSpec{
		ClusterIP: "10.96.0.8", Selector: map[string]string{"app": "empty"}, Ports: []corev1.ServicePort{{Port: 80}},
	}}
	return append(optest.Platform(), ip(optest.ReadyPod("user-service"), "10.244.0.7"), ip(optest.ReadyPod("order-service"), "10.244.0.8"), postgres, service, empty)
}

const (
	resolved  = "@dns getent 0 100.00 100.00\n10.96.0.7      postgres.ecommerce-k8s.svc.cluster.local\n"
	answered  = "@tcp bash 0 100.00 100.01\n\n"
	closed    = "@tcp bash 1 100.00 100.01\nbash: connect: Connection refused\nbash: line 1: /dev/tcp/postgres/5432: Connection refused\n"
	silent    = "@tcp bash 124 100.00 105.01\n\n"
	notKnown  = "@dns getent 2 100.00 105.00\n\n@tcp nc 1 100.00 100.02\nnc: getaddrinfo for host \"postgres\" port 5432: Name or service not known\n"
	withoutIt = "@dns none\n@tcp none\n"
)

func TestPredictionAndProbeSideBySide(t *testing.T) {
	deny := policy(t, "deny-out", `{podSelector: {matchLabels: {app: user-service}}, policyTypes: [Egress]}`)
	https := policy(t, "https-out", `{podSelector: {matchLabels: {app: user-service}}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 93.184.0.0/16}}], ports: [{port: 443}]}]}`)
	onlyOrders := policy(t, "from-orders", `{podSelector: {matchLabels: {app: postgres}}, ingress: [{from: [{podSelector: {matchLabels: {app: order-service}}}]}]}`)
	elsewhere := policy(t, "to-ops", `{podSelector: {matchLabels: {app: user-service}}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {matchLabels: {team: ops}}}]}]}`)
	for _, c := range []struct {
		golden, line, prints string
		policies             []runtime.Object
	}{
		{"test-connected", "net test user postgres:5432", resolved + answered, []runtime.Object{fromBackend(t)}},
		{"test-free", "net test user postgres:sql", resolved + answered, nil},
		{"test-denied", "net test user postgres:5432", resolved + silent, []runtime.Object{onlyOrders, deny}},
		{"test-not-enforced", "net test user 10.244.0.9:5432", answered, []runtime.Object{onlyOrders}},
		{"test-refused", "net test user postgres:5432", resolved + closed, []runtime.Object{fromBackend(t)}},
		{"test-silent", "net test user postgres:5432", resolved + silent, []runtime.Object{fromBackend(t)}},
		{"test-no-dns", "net test user postgres:5432", notKnown, []runtime.Object{deny}},
		{"test-no-tool", "net test user postgres:5432", withoutIt, nil},
		{"test-outside", "net test user example.com:443", "@dns nslookup 0 1.00 1.05\nServer:\t\t10.96.0.10\nAddress:\t10.96.0.10#53\n\nName:\texample.com\nAddress: 93.184.216.34\n" + answered, []runtime.Object{https}},
		{"test-elsewhere", "net test user grafana.ops.svc:3000", resolved + silent, []runtime.Object{elsewhere}},
		{"test-no-port", "net test user postgres:9999", resolved + silent, []runtime.Object{fromBackend(t)}},
		{"test-no-pods", "net test user empty:80", resolved + closed, nil},
	} {
		t.Run(c.golden, func(t *testing.T) {
			call, _ := optest.NewCall(t, Operations(optest.TestPlatform()), c.line, append(shop(), c.policies...)...)
			call.Client.Exec = &printing{out: c.prints}
			result, err := call.Operation.Answer(t.Context(), call, nil)
			require.NoError(t, err)
			optest.Golden(t, c.golden, func(p *messages.Printer) string {
				return optest.ShowCard(p, result.Card) + "  => " + strings.Join(result.Suggest, "; ")
			})
		})
	}
}

func TestTargetsThatMakeNoSense(t *testing.T) {
	for line, id := range map[string]string{
		"net test user postgres":             "k8sops.net_test.bad_target",
		"net test user postgres:":            "k8sops.net_test.bad_target",
		"net test user :5432":                "k8sops.net_test.bad_target",
		`net test user "$(reboot):1"`:        "k8sops.net_test.bad_target",
		`net test user "-e:1"`:               "k8sops.net_test.bad_target",
		`net test user "a b:1"`:              "k8sops.net_test.bad_target",
		`net test user "fe80::1%eth0:1"`:     "k8sops.net_test.bad_target",
		"net test user postgres:0":           "k8sops.net_test.bad_port",
		"net test user postgres:65536":       "k8sops.net_test.bad_port",
		"net test user postgres:nosuch":      "k8sops.net_test.bad_port",
		"net test user example.com:https":    "k8sops.net_test.bad_port",
		"net test user postgre:5432":         "k8sops.net_test.no_service",
		"net test payment postgres:5432":     "k8sops.net_test.no_pod",
		"net test nosuchthing postgres:5432": "k8sops.resolve.unknown",
	} {
		call, _ := optest.NewCall(t, Operations(optest.TestPlatform()), line, shop()...)
		runs := &printing{}
		call.Client.Exec = runs
		_, err := call.Operation.Answer(t.Context(), call, nil)
		require.Equal(t, id, optest.MessageID(t, err), line)
		require.Nil(t, runs.args, "nothing was run")
	}
}

func TestAMisspeltServiceIsMeant(t *testing.T) {
	call, _ := optest.NewCall(t, Operations(optest.TestPlatform()), "net test user postgre:5432", shop()...)
	_, err := call.Operation.Answer(t.Context(), call, nil)
	e, ok := optest.AsError(err)
	require.True(t, ok)
	require.Equal(t, []string{"net test user postgres:5432"}, e.Suggest)
}

func TestAnImageWithoutAShellIsSaid(t *testing.T) {
	for _, cause := range []error{
		errors.New(`exec sh in pod x: exec: "sh": executable file not found in $PATH`), &k8sops.CommandError{Program: "sh", Code: 127},
	} {
		call, _ := optest.NewCall(t, Operations(optest.TestPlatform()), "net test user postgres:5432", shop()...)
		call.Client.Exec = &printing{err: cause}
		_, err := call.Operation.Answer(t.Context(), call, nil)
		require.Equal(t, "k8sops.net_test.no_shell", optest.MessageID(t, err))
	}
}

// What is typed is an argument of its own: the program is the same whatever it is.
func TestTheTargetIsNoPartOfTheProgram(t *testing.T) {
	words, args := k8sops.NetProbeForm()
	command := k8sops.NetProbe("postgres", 5432, 5)
	require.Equal(t, words, command[:len(words)])
	require.Len(t, command, len(words)+len(args))
	for i, form := range args {
		require.Regexp(t, form, command[len(words)+i])
		require.NotRegexp(t, form, "-e")
		require.NotRegexp(t, form, "$(reboot)")
	}
}

// The program itself, with each tool that this machine has.
func TestTheProbeRuns(t *testing.T) {
	if _, err := os.Stat("/proc/uptime"); err != nil {
		t.Skip("needs Linux")
	}
	listener := listen(t)
	shell := "/bin/sh"
	for _, tool := range []string{"bash", "nc", "curl", "wget"} {
		t.Run(tool, func(t *testing.T) {
			path, err := exec.LookPath(tool)
			if err != nil {
				t.Skip("this machine has none")
			}
			bin := t.TempDir()
			require.NoError(t, os.Symlink(path, bin+"/"+tool))
			for _, helper := range []string{"timeout", "getent"} {
				if path, err := exec.LookPath(helper); err == nil {
					require.NoError(t, os.Symlink(path, bin+"/"+helper))
				}
			}
			run := func(host string, port int) findings {
				words := k8sops.NetProbe(host, port, 2)
				command := exec.CommandContext(t.Context(), shell, words[1:]...)
				command.Env = []string{"PATH=" + bin, "http_proxy=http://127.0.0.1:1"}
				out, err := command.Output()
				require.NoError(t, err)
				return parseProbe(string(out))
			}
			found := run("localhost", listener)
			require.NotNil(t, found.tcp)
			require.Equal(t, tool, found.tcp.tool)
			require.Equal(t, connected, found.tcp.outcome(), found.tcp.out)
			require.NotNil(t, found.dns)
			require.NotEmpty(t, found.dns.addresses())
			found = run("127.0.0.1", 1)
			require.Nil(t, found.dns, "an address needs no DNS")
			require.Contains(t, []outcome{refused, failed}, found.tcp.outcome(), found.tcp.out)
			found = run("nosuchhost.invalid", 80)
			require.Contains(t, []outcome{unresolved, failed}, found.tcp.outcome(), found.tcp.out)
			require.Nil(t, run("localhost", 0).tcp)
		})
	}
}

// listen takes connections and closes them at once, as a server does that does not understand.
func listen(t *testing.T) int {
	t.Helper()
	listener := newListener(t)
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			_ = c.Close()
		}
	}()
	_, port, _ := strings.Cut(listener.Addr().String(), ":")
	number, err := strconv.Atoi(port)
	require.NoError(t, err)
	return number
}

func newListener(t *testing.T) net.Listener {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	return listener
}
