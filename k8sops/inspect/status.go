package inspect

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/internal/redact"
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
			Access: slices.Concat(kube.ListWorkloads(), []k8sops.Access{
				{Verb: "list", Group: "discovery.k8s.io", Resource: "endpointslices"},
				{Verb: "list", Group: "autoscaling", Resource: "horizontalpodautoscalers"},
			}, historyAccess()),
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
	workloads, err := s.Workloads(ctx, call, "service")
	if err != nil {
		return nil, err
	}
	if len(workloads) == 0 {
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
	result := statusResult(call, workloads, autoscalers, addresses)
	for i, line := range result.Suggest {
		result.Suggest[i] = remedy(ctx, call, workloads, line)
	}
	return result, nil
}

func statusResult(call *k8sops.Call, workloads []kube.Workload, autoscalers map[string]*autoscalingv2.HorizontalPodAutoscaler, addresses map[string]addressCount) *k8sops.Result {
	result := &k8sops.Result{Card: messages.Card{Tone: messages.ToneGood}}
	table := statusColumns()
	healthy := 0
	for _, w := range workloads {
		state, tone := rolloutState(w)
		if tone == messages.ToneGood {
			healthy++
		}
		result.Card.Tone = worse(result.Card.Tone, tone)
		result.Suggest = append(result.Suggest, statusSuggestions(w, tone)...)
		table.Rows = append(table.Rows, []messages.Text{
			messages.Literal(shownName(w)), state, messages.Literal(w.Counts().String()),
			messages.Literal(w.Images()), messages.Literal(addresses[w.Name].String()), autoscalerText(autoscalers[w.Key()]),
		})
	}
	result.Card.Title = messages.New("k8sops.status.title", "healthy", healthy, "count", len(workloads), "namespace", messages.Code(call.Namespace))
	result.Card.Sections = append(result.Card.Sections, messages.Section{Table: table})
	if changes := recentChanges(workloads, call.Now); len(changes) > 0 {
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

// shownName is a workload's name, of anything but a deployment with its kind.
func shownName(w kube.Workload) string {
	if w.Kind == kube.Deployment {
		return w.Name
	}
	return kube.ShortKind(w.Kind) + "/" + w.Name
}

// rolloutState is where a workload stands.
func rolloutState(w kube.Workload) (messages.Text, messages.Tone) {
	switch o := w.Object.(type) {
	case *batchv1.Job:
		return jobState(w, o)
	case *batchv1.CronJob:
		return cronJobState(o)
	}
	done, failed := w.RolledOut()
	counts := w.Counts()
	switch {
	case w.Paused():
		return messages.New("k8sops.status.paused"), messages.ToneWarning
	case !failed.IsZero():
		return messages.New("k8sops.status.stuck"), messages.ToneBad
	case done && counts.Desired == 0 && w.Kind == kube.DaemonSet:
		return messages.New("k8sops.status.no_nodes"), messages.ToneWarning
	case done && counts.Desired == 0:
		return messages.New("k8sops.status.zero"), messages.ToneWarning
	case done:
		return messages.New("k8sops.status.complete"), messages.ToneGood
	case counts.Available == 0:
		return messages.New("k8sops.status.down"), messages.ToneBad
	default:
		return messages.New("k8sops.status.progressing"), messages.ToneWarning
	}
}

func jobState(w kube.Workload, job *batchv1.Job) (messages.Text, messages.Tone) {
	done, failed := w.RolledOut()
	switch {
	case !failed.IsZero():
		return messages.New("k8sops.status.job_failed"), messages.ToneBad
	case done:
		return messages.New("k8sops.status.job_complete"), messages.ToneGood
	case job.Spec.Suspend != nil && *job.Spec.Suspend:
		return messages.New("k8sops.status.suspended"), messages.ToneWarning
	default:
		return messages.New("k8sops.status.job_running"), messages.ToneGood
	}
}

// cronJobState judges by the last job: Kubernetes notes when one began and when one last succeeded.
func cronJobState(job *batchv1.CronJob) (messages.Text, messages.Tone) {
	last, succeeded := job.Status.LastScheduleTime, job.Status.LastSuccessfulTime
	switch {
	case job.Spec.Suspend != nil && *job.Spec.Suspend:
		return messages.New("k8sops.status.suspended"), messages.ToneWarning
	case len(job.Status.Active) > 0:
		return messages.New("k8sops.status.job_running"), messages.ToneGood
	case last != nil && (succeeded == nil || succeeded.Before(last)):
		return messages.New("k8sops.status.last_job_failed"), messages.ToneBad
	default:
		return messages.New("k8sops.status.scheduled", "schedule", messages.Code(job.Spec.Schedule)), messages.ToneGood
	}
}

// statusSuggestions are what helps a workload that is down: a rollback where there are revisions, and its logs.
func statusSuggestions(w kube.Workload, tone messages.Tone) []string {
	if tone != messages.ToneBad {
		return nil
	}
	logs := "logs " + w.Line() + " --errors"
	if !slices.Contains(kube.RollingKinds(), w.Kind) {
		return []string{logs}
	}
	return []string{rollbackTo + w.Line(), logs}
}

// worse is the graver of two tones.
func worse(a, b messages.Tone) messages.Tone {
	gravity := []messages.Tone{messages.ToneNone, messages.ToneGood, messages.ToneInfo, messages.ToneRunning, messages.ToneWarning, messages.ToneBad}
	if slices.Index(gravity, b) > slices.Index(gravity, a) {
		return b
	}
	return a
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

// readyAddresses counts endpoints by service. The handbook's services are named as their workloads.
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

// recentChanges are the latest changes of each workload's specification and who made them, newest first: from the
// managed fields, which the API server itself keeps, and the change cause.
func recentChanges(workloads []kube.Workload, now time.Time) []messages.Text {
	type change struct {
		at   time.Time
		text messages.Text
	}
	var changes []change
	for _, w := range workloads {
		for _, field := range w.GetManagedFields() {
			if text := changeText(w, field, now); !text.IsZero() {
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

// changeText is zero for what is old, and for status. The API server does not say when a workload was scaled.
func changeText(w kube.Workload, field metav1.ManagedFieldsEntry, now time.Time) messages.Text {
	name, who := messages.Code(w.Name), managerName(field.Manager)
	switch at := fieldTime(field); {
	case field.Subresource == "scale":
		return messages.New("k8sops.status.scaled", "workload", name, "who", who)
	case field.Subresource != "" || now.Sub(at) > recent:
		return messages.Text{}
	default:
		return messages.New("k8sops.status.changed", "workload", name, "who", who, "age", max(0, now.Sub(at).Truncate(time.Second)), "cause", cause(w, who))
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
func cause(w kube.Workload, who string) messages.Text {
	text := w.GetAnnotations()[kube.ChangeCause]
	if text == "" || !strings.Contains(text, who) {
		return messages.Text{}
	}
	return messages.New("k8sops.status.cause", "cause", messages.Code(redact.Text(text)))
}
