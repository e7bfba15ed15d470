package demo

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/handlers/calls"
	"opsbot/messages"
	"opsbot/slacksim"
	"opsbot/testcluster"
)

func (t *tour) rowStorage(ctx context.Context) (messages.Text, error) {
	answer, err := t.asks(ctx, "dba", "/storage", "")
	if err != nil {
		return messages.Text{}, err
	}
	claims, err := t.cluster.Client().CoreV1().PersistentVolumeClaims(testcluster.PlatformNamespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return messages.Text{}, err
	}
	for _, c := range claims.Items {
		if err := holds(answer, c.Name); err != nil {
			return messages.Text{}, err
		}
	}
	return messages.New("handbook.fact.claims", "claims", len(claims.Items)), nil
}

func (t *tour) rowSecurity(ctx context.Context) (messages.Text, error) {
	answer, err := t.asks(ctx, "network", "/security", "")
	if err != nil {
		return messages.Text{}, err
	}
	policies, err := t.cluster.Client().NetworkingV1().NetworkPolicies(testcluster.PlatformNamespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return messages.Text{}, err
	}
	for _, p := range policies.Items {
		if p.Spec.PodSelector.MatchLabels["app"] == "user-service" {
			return messages.Text{}, fmt.Errorf("user-service has a policy: nothing is proven")
		}
	}
	return messages.New("handbook.fact.security"), holds(answer, "user-service")
}

func (t *tour) rowAccess(ctx context.Context) (messages.Text, error) {
	answer, err := t.asks(ctx, "system", "/access opsbot:dba", "")
	if err != nil {
		return messages.Text{}, err
	}
	bindings, err := t.cluster.Client().RbacV1().RoleBindings(testcluster.PlatformNamespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return messages.Text{}, err
	}
	for _, b := range bindings.Items {
		for _, s := range b.Subjects {
			if s.Kind == "Group" && s.Name == "opsbot:dba" {
				return messages.New("handbook.fact.access", "binding", b.Name), holds(answer, b.Name)
			}
		}
	}
	return messages.Text{}, fmt.Errorf("the group opsbot:dba has no binding: nothing is proven")
}

func (t *tour) rowReadOnly(ctx context.Context) (messages.Text, error) {
	const account = "readonly-auditor"
	if _, err := t.asks(ctx, "system", "/access readonly auditor", ""); err != nil {
		return messages.Text{}, err
	}
	api := t.cluster.Client()
	if _, err := api.CoreV1().ServiceAccounts(testcluster.PlatformNamespace).Get(ctx, account, metav1.GetOptions{}); err != nil {
		return messages.Text{}, err
	}
	binding, err := api.RbacV1().RoleBindings(testcluster.PlatformNamespace).Get(ctx, account, metav1.GetOptions{})
	if err != nil {
		return messages.Text{}, err
	}
	if binding.RoleRef.Name != "view" {
		return messages.Text{}, fmt.Errorf("%s is bound to %s", account, binding.RoleRef.Name)
	}
	if _, err := t.asks(ctx, "system", "/access revoke auditor", ""); err != nil {
		return messages.Text{}, err
	}
	_, err = api.CoreV1().ServiceAccounts(testcluster.PlatformNamespace).Get(ctx, account, metav1.GetOptions{})
	if !apierrors.IsNotFound(err) {
		return messages.Text{}, fmt.Errorf("%s is still there: %w", account, err)
	}
	return messages.New("handbook.fact.readonly", "account", account), nil
}

func (t *tour) rowPolicies(ctx context.Context) (messages.Text, error) {
	answer, err := t.asks(ctx, "network", "/netpol", "")
	if err != nil {
		return messages.Text{}, err
	}
	names, err := t.policies(ctx)
	if err != nil {
		return messages.Text{}, err
	}
	return messages.New("handbook.fact.policies", "policies", len(names)), holds(answer, names...)
}

// policies are the names of the network policies; none is an error, because then nothing is proven.
func (t *tour) policies(ctx context.Context) (names []string, err error) {
	list, err := t.cluster.Client().NetworkingV1().NetworkPolicies(testcluster.PlatformNamespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	for _, p := range list.Items {
		names = append(names, p.Name)
	}
	if len(names) == 0 {
		err = fmt.Errorf("there is no network policy")
	}
	return names, err
}

func (t *tour) rowConnection(ctx context.Context) (messages.Text, error) {
	predicted, err := t.asks(ctx, "network", "/net test user postgres:5432", "")
	if err != nil {
		return messages.Text{}, err
	}
	if err := holds(predicted, "postgres-from-backend"); err != nil {
		return messages.Text{}, err
	}
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(t.database.Port))
	tried, err := t.asks(ctx, "network", "/net test user "+address, "")
	if err != nil {
		return messages.Text{}, err
	}
	if !strings.Contains(tried.Text(), "✅") {
		return messages.Text{}, fmt.Errorf("the database at %s is not reached", address)
	}
	return messages.New("handbook.fact.connection", "address", address), nil
}

// rowSuspend removes the policies for a minute: they come back by themselves, the same.
func (t *tour) rowSuspend(ctx context.Context) (messages.Text, error) {
	before, err := t.policies(ctx)
	if err != nil {
		return messages.Text{}, err
	}
	if _, err := t.asks(ctx, "network", "/netpol suspend all --for 1m", "system"); err != nil {
		return messages.Text{}, err
	}
	if left, err := t.policies(ctx); err == nil {
		return messages.Text{}, fmt.Errorf("%v are still there", left)
	}
	err = t.until(ctx, func() (bool, error) {
		now, err := t.policies(ctx)
		return err == nil && len(now) == len(before), nil
	})
	return messages.New("handbook.fact.suspended", "policies", len(before)), err
}

func (t *tour) rowCertificates(ctx context.Context) (messages.Text, error) {
	answer, err := t.asks(ctx, "network", "/certs", "")
	if err != nil {
		return messages.Text{}, err
	}
	return messages.New("handbook.fact.certificate", "host", shopHost), holds(answer, shopSecret, shopHost)
}

func (t *tour) rowRenew(ctx context.Context) (messages.Text, error) {
	certificate, key, err := selfSigned(shopHost, 200*24*time.Hour)
	if err != nil {
		return messages.Text{}, err
	}
	network := t.slack.User("network")
	t.says("network", messages.Literal("/certs renew "+shopSecret))
	if err := network.Command(incidents, "/certs renew "+shopSecret); err != nil {
		return messages.Text{}, err
	}
	view, err := network.WaitModal(ctx, "certs renew")
	if err != nil {
		return messages.Text{}, err
	}
	before := t.newest(incidents)
	if err := network.Submit(view, map[string]string{"name/menu": shopSecret, "certificate": string(certificate), "key": string(key)}); err != nil {
		return messages.Text{}, err
	}
	plan, err := t.slack.WaitMessage(ctx, slacksim.In(incidents), slacksim.After(before), slacksim.Where(func(m slacksim.Message) bool { return hasButton(m, calls.ActionConfirm) }))
	if err != nil {
		return messages.Text{}, err
	}
	t.shows(plan)
	if err := network.Click(plan, calls.ActionConfirm); err != nil {
		return messages.Text{}, err
	}
	answer, err := t.edited(ctx, plan, t.isOver)
	if err != nil {
		return messages.Text{}, err
	}
	t.shows(answer)
	secret, err := t.cluster.Client().CoreV1().Secrets(testcluster.PlatformNamespace).Get(ctx, shopSecret, metav1.GetOptions{})
	if err == nil && !bytes.Equal(bytes.TrimSpace(secret.Data[corev1.TLSCertKey]), bytes.TrimSpace(certificate)) {
		err = fmt.Errorf("the Secret has another certificate")
	}
	return messages.New("handbook.fact.renewed"), err
}
