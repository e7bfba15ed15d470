package demo

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/handlers/calls"
	"opsbot/messages"
	"opsbot/slacksim"
	"opsbot/testcluster"
)

func (t *tour) rowHealth(ctx context.Context) (messages.Text, error) {
	answer, err := t.asks(ctx, "network", "/health", "")
	if err != nil {
		return messages.Text{}, err
	}
	pods, err := t.cluster.Client().CoreV1().Pods(testcluster.PlatformNamespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return messages.Text{}, err
	}
	counted := fmt.Sprintf("%d", len(pods.Items))
	return messages.New("handbook.fact.pods", "pods", counted), holds(answer, counted, testcluster.PlatformNamespace)
}

func (t *tour) rowTop(ctx context.Context) (messages.Text, error) {
	pods, err := t.cluster.Client().CoreV1().Pods(testcluster.PlatformNamespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return messages.Text{}, err
	}
	measured := 0
	err = t.until(ctx, func() (bool, error) { // metrics-server needs two looks at a pod
		metrics, err := t.cluster.Client().CoreV1().RESTClient().Get().AbsPath("/apis/metrics.k8s.io/v1beta1/namespaces/" + testcluster.PlatformNamespace + "/pods").DoRaw(ctx)
		measured = strings.Count(string(metrics), `"containers"`)
		return measured >= len(pods.Items), err
	})
	if err != nil {
		return messages.Text{}, fmt.Errorf("metrics-server measured nothing: %w", err)
	}
	answer, err := t.asks(ctx, "development", "/top pods --sort memory", "")
	if err != nil {
		return messages.Text{}, err
	}
	return messages.New("handbook.fact.measured", "pods", measured), holds(answer, "postgres", "user-service")
}

func (t *tour) rowEvents(ctx context.Context) (messages.Text, error) {
	answer, err := t.asks(ctx, "dba", "/events --since 1h", "")
	if err != nil {
		return messages.Text{}, err
	}
	events, err := t.cluster.Client().CoreV1().Events(testcluster.PlatformNamespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return messages.Text{}, err
	}
	return messages.New("handbook.fact.events", "events", len(events.Items)), holds(answer, "ScalingReplicaSet")
}

func (t *tour) rowStatus(ctx context.Context) (messages.Text, error) {
	answer, err := t.asks(ctx, "development", "/status", "")
	if err != nil {
		return messages.Text{}, err
	}
	list, err := t.cluster.Client().AppsV1().Deployments(testcluster.PlatformNamespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return messages.Text{}, err
	}
	for _, d := range list.Items {
		if err := holds(answer, d.Name, fmt.Sprintf("%d/%d", d.Status.ReadyReplicas, *d.Spec.Replicas)); err != nil {
			return messages.Text{}, err
		}
	}
	return messages.New("handbook.fact.deployments", "deployments", len(list.Items)), nil
}

func (t *tour) rowLogs(ctx context.Context) (messages.Text, error) {
	answer, err := t.asks(ctx, "dba", "/logs user --tail 20", "")
	if err != nil {
		return messages.Text{}, err
	}
	return messages.New("handbook.fact.logs"), holds(answer, "user-service")
}

// rowWatch sees the live view change with a pod, and stops it.
func (t *tour) rowWatch(ctx context.Context) (messages.Text, error) {
	before := t.newest(incidents)
	t.says("system", messages.Literal("/watch pods --for 2m"))
	if err := t.slack.User("system").Command(incidents, "/watch pods --for 2m"); err != nil {
		return messages.Text{}, err
	}
	view, err := t.slack.WaitMessage(ctx, slacksim.In(incidents), slacksim.After(before), slacksim.Containing("payment-service"), slacksim.Where(func(m slacksim.Message) bool {
		return hasButton(m, calls.ActionStop)
	}))
	if err != nil {
		return messages.Text{}, err
	}
	if _, err := t.edited(ctx, view, func(m slacksim.Message) bool { return m.Text() != view.Text() }); err != nil {
		return messages.Text{}, err
	}
	if err := t.slack.User("system").Click(view, calls.ActionStop); err != nil {
		return messages.Text{}, err
	}
	stopped, err := t.edited(ctx, view, func(m slacksim.Message) bool { return !hasButton(m, calls.ActionStop) })
	t.shows(stopped)
	return messages.New("handbook.fact.watch"), err
}

func (t *tour) rowOnCall(ctx context.Context) (messages.Text, error) {
	answer, err := t.asks(ctx, "developer", "/oncall", "")
	if err != nil {
		return messages.Text{}, err
	}
	return messages.New("handbook.fact.oncall"), holds(answer, "张三", "李四", "王五", "赵六")
}

func (t *tour) rowHelp(ctx context.Context) (messages.Text, error) {
	if _, err := t.asks(ctx, "developer", "/ops help", ""); err != nil {
		return messages.Text{}, err
	}
	answer, err := t.asks(ctx, "developer", "/ops whoami", "")
	if err != nil {
		return messages.Text{}, err
	}
	return messages.New("handbook.fact.whoami"), holds(answer, "developer@company.com", "health")
}

// rowIncident: an alert opens an incident whose owner is paged; the tour without a name tells all of it.
func (t *tour) rowIncident(ctx context.Context) (messages.Text, error) {
	broken := time.Now()
	if err := t.cluster.Deploy(ctx, testcluster.PlatformNamespace, "product-service", "product-service:bad"); err != nil {
		return messages.Text{}, err
	}
	header, err := t.slack.WaitMessage(ctx, slacksim.In(incidents), slacksim.Root(), slacksim.Containing("RolloutStuck"), slacksim.Containing("product-service"))
	if err != nil {
		return messages.Text{}, err
	}
	t.shows(header)
	if _, err := t.slack.WaitMessage(ctx, slacksim.In("@development"), slacksim.Containing("RolloutStuck")); err != nil {
		return messages.Text{}, fmt.Errorf("nobody was paged: %w", err)
	}
	if err := t.slack.User("development").Click(header, "ack"); err != nil {
		return messages.Text{}, err
	}
	paged := time.Since(broken).Round(100 * time.Millisecond)
	if err := t.imageAfter(ctx, "/rollback product", "product-service", "product-service:1.0"); err != nil {
		return messages.Text{}, err
	}
	return messages.New("handbook.fact.incident", "after", paged), nil
}

func (t *tour) rowIncidents(ctx context.Context) (messages.Text, error) {
	if _, err := t.asks(ctx, "development", "/incident open checkout is slow --severity info", ""); err != nil {
		return messages.Text{}, err
	}
	list, err := t.asks(ctx, "development", "/incident list", "")
	if err != nil {
		return messages.Text{}, err
	}
	number := regexp.MustCompile(`INC-\d+`).FindString(list.Text())
	if err := holds(list, number, "checkout is slow"); err != nil {
		return messages.Text{}, err
	}
	for _, line := range []string{"/incident note " + number + " a cold cache", "/incident resolve " + number} {
		if _, err := t.asks(ctx, "development", line, ""); err != nil {
			return messages.Text{}, err
		}
	}
	timeline, err := t.asks(ctx, "development", "/incident timeline "+number, "")
	if err != nil {
		return messages.Text{}, err
	}
	return messages.New("handbook.fact.incidents", "incident", number), holds(timeline, number)
}
