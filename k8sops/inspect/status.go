package inspect

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/kubectl/pkg/polymorphichelpers"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// status is /status (handbook: 服务状态检查).
type status struct{ kube.Platform }

type statusArgs struct{ Service k8sops.Workload }

func (s status) spec() k8sops.ReadSpec[statusArgs] {
	return k8sops.ReadSpec[statusArgs]{
		Meta: k8sops.Meta{
			Name:     "status",
			Summary:  messages.New("k8sops.status.summary"),
			Examples: []string{"status", "status user"},
			Access: []k8sops.Access{
				{Verb: "list", Group: "apps", Resource: "deployments"},
				{Verb: "list", Group: "discovery.k8s.io", Resource: "endpointslices"},
				{Verb: "list", Group: "autoscaling", Resource: "horizontalpodautoscalers"},
			},
			Owners: []k8sops.Role{k8sops.Everyone},
		},
		Args: func(a *statusArgs) []k8sops.Arg {
			return []k8sops.Arg{
				{Name: "service", Into: &a.Service, Summary: messages.New("k8sops.arg.service"), Positional: true, AllowAll: true},
			}
		},
		Answer: s.answer,
	}
}

func (s status) answer(ctx context.Context, call *k8sops.Call, _ statusArgs, _ k8sops.Progress) (*k8sops.Result, error) {
	deployments, err := s.Workloads(ctx, call, "service")
	if err != nil {
		return nil, err
	}
	if len(deployments) == 0 {
		return &k8sops.Result{Card: messages.Card{Tone: messages.ToneWarning,
			Title: messages.New("k8sops.status.none", "namespace", messages.Code(call.Namespace))}}, nil
	}
	autoscalers, err := kube.AutoscalersByTarget(ctx, call)
	if err != nil {
		return nil, err
	}
	addresses, err := readyAddresses(ctx, call)
	if err != nil {
		return nil, err
	}
	return statusResult(call, deployments, autoscalers, addresses), nil
}

func statusResult(call *k8sops.Call, deployments []appsv1.Deployment, autoscalers map[string]*autoscalingv2.HorizontalPodAutoscaler, addresses map[string]addressCount) *k8sops.Result {
	result := &k8sops.Result{Card: messages.Card{Tone: messages.ToneGood}}
	table := statusColumns()
	healthy := 0
	for i := range deployments {
		d := &deployments[i]
		state, tone := rolloutState(d)
		if tone == messages.ToneGood {
			healthy++
		}
		result.Card.Tone = worse(result.Card.Tone, tone)
		result.Suggest = append(result.Suggest, statusSuggestions(d, tone)...)
		table.Rows = append(table.Rows, []messages.Text{
			messages.Literal(d.Name), state,
			messages.Literal(strconv.Itoa(int(d.Status.ReadyReplicas)) + "/" + strconv.Itoa(kube.Replicas(d))),
			messages.Literal(ImagesOf(d)), messages.Literal(addresses[d.Name].String()), autoscalerText(autoscalers[d.Name]),
		})
	}
	result.Card.Title = messages.New("k8sops.status.title", "healthy", healthy, "count", len(deployments), "namespace", messages.Code(call.Namespace))
	result.Card.Sections = append(result.Card.Sections, messages.Section{Table: table})
	if changes := recentChanges(deployments, call.Now); len(changes) > 0 {
		result.Card.Sections = append(result.Card.Sections, messages.Paragraph(messages.New("k8sops.status.changes")), messages.Section{List: changes})
	}
	result.Suggest = result.Suggest[:min(5, len(result.Suggest))]
	return result
}

func statusColumns() *messages.Table {
	return &messages.Table{Columns: []messages.Column{
		{Title: messages.New("k8sops.column.service")},
		{Title: messages.New("k8sops.column.rollout")},
		{Title: messages.New("k8sops.column.ready"), Right: true},
		{Title: messages.New("k8sops.column.image")},
		{Title: messages.New("k8sops.column.endpoints"), Right: true},
		{Title: messages.New("k8sops.column.hpa")},
	}}
}

// rolloutState is where a deployment's rollout stands.
func rolloutState(d *appsv1.Deployment) (messages.Text, messages.Tone) {
	done, failed := kube.RolledOut(d)
	switch {
	case d.Spec.Paused:
		return messages.New("k8sops.status.paused"), messages.ToneWarning
	case !failed.IsZero():
		return messages.New("k8sops.status.stuck"), messages.ToneBad
	case done && kube.Replicas(d) == 0:
		return messages.New("k8sops.status.zero"), messages.ToneWarning
	case done:
		return messages.New("k8sops.status.complete"), messages.ToneGood
	case d.Status.AvailableReplicas == 0:
		return messages.New("k8sops.status.down"), messages.ToneBad
	default:
		return messages.New("k8sops.status.progressing"), messages.ToneWarning
	}
}

func statusSuggestions(d *appsv1.Deployment, tone messages.Tone) []string {
	if tone != messages.ToneBad {
		return nil
	}
	return []string{"rollback " + d.Name, "logs " + d.Name + " --errors"}
}

// worse is the graver of two tones.
func worse(a, b messages.Tone) messages.Tone {
	gravity := []messages.Tone{messages.ToneNone, messages.ToneGood, messages.ToneInfo, messages.ToneRunning, messages.ToneWarning, messages.ToneBad}
	if slices.Index(gravity, b) > slices.Index(gravity, a) {
		return b
	}
	return a
}

// ImagesOf are the images of a deployment's containers.
func ImagesOf(d *appsv1.Deployment) string {
	var images []string
	for _, c := range d.Spec.Template.Spec.Containers {
		images = append(images, c.Image)
	}
	return strings.Join(images, ", ")
}

func autoscalerText(hpa *autoscalingv2.HorizontalPodAutoscaler) messages.Text {
	if hpa == nil {
		return messages.Literal("–")
	}
	return messages.New("k8sops.status.hpa", "current", hpa.Status.CurrentReplicas, "min", kube.Minimum(hpa), "max", hpa.Spec.MaxReplicas)
}

// addressCount are a service's endpoints.
type addressCount struct {
	ready, total int
	known        bool
}

func (a addressCount) String() string {
	if !a.known {
		return "–"
	}
	return strconv.Itoa(a.ready) + "/" + strconv.Itoa(a.total)
}

// readyAddresses counts endpoints by service. The handbook's services are named as their deployments.
func readyAddresses(ctx context.Context, call *k8sops.Call) (map[string]addressCount, error) {
	slices, err := call.Client.Kubernetes.DiscoveryV1().EndpointSlices(call.Namespace).List(ctx, metav1.ListOptions{ResourceVersion: "0"})
	if err != nil {
		return nil, k8sops.Explain("list endpoint slices in "+call.Namespace, err)
	}
	return countAddresses(slices.Items), nil
}

func countAddresses(slices []discoveryv1.EndpointSlice) map[string]addressCount {
	counts := map[string]addressCount{}
	for _, slice := range slices {
		service := slice.Labels[discoveryv1.LabelServiceName]
		count := counts[service]
		count.known = true
		for _, endpoint := range slice.Endpoints {
			count.total++
			// No condition means ready, says the API.
			if endpoint.Conditions.Ready == nil || *endpoint.Conditions.Ready {
				count.ready++
			}
		}
		counts[service] = count
	}
	return counts
}

const (
	recent       = 24 * time.Hour
	shownChanges = 6
)

// recentChanges are the latest changes of each deployment's specification and who made them, newest first: from the
// managed fields, which the API server itself keeps, and the change cause.
func recentChanges(deployments []appsv1.Deployment, now time.Time) []messages.Text {
	type change struct {
		at   time.Time
		text messages.Text
	}
	var changes []change
	for i := range deployments {
		d := &deployments[i]
		for _, field := range d.ManagedFields {
			if text := changeText(d, field, now); !text.IsZero() {
				changes = append(changes, change{fieldTime(field), text})
			}
		}
	}
	slices.SortStableFunc(changes, func(a, b change) int { return b.at.Compare(a.at) })
	var texts []messages.Text
	for _, c := range changes[:min(shownChanges, len(changes))] {
		texts = append(texts, c.text)
	}
	return texts
}

// changeText is zero for what is old, and for status. The API server does not say when a deployment was scaled.
func changeText(d *appsv1.Deployment, field metav1.ManagedFieldsEntry, now time.Time) messages.Text {
	name, who := messages.Code(d.Name), managerName(field.Manager)
	switch at := fieldTime(field); {
	case field.Subresource == "scale":
		return messages.New("k8sops.status.scaled", "workload", name, "who", who)
	case field.Subresource != "" || now.Sub(at) > recent:
		return messages.Text{}
	default:
		return messages.New("k8sops.status.changed", "workload", name, "who", who, "age", max(0, now.Sub(at).Truncate(time.Second)), "cause", cause(d, who))
	}
}

func fieldTime(field metav1.ManagedFieldsEntry) time.Time {
	if field.Time == nil {
		return time.Time{}
	}
	return field.Time.Time
}

func managerName(manager string) string {
	if user, ours := strings.CutPrefix(manager, k8sops.ManagerPrefix); ours {
		return user
	}
	return manager
}

// cause is the change cause, where it is the one of this very change.
func cause(d *appsv1.Deployment, who string) messages.Text {
	text := d.Annotations[polymorphichelpers.ChangeCauseAnnotation]
	if text == "" || !strings.Contains(text, who) {
		return messages.Text{}
	}
	return messages.New("k8sops.status.cause", "cause", messages.Code(k8sops.Redact(text)))
}
