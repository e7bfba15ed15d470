package scaling

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// hpa is /hpa (handbook: 检查HPA状态): what each HorizontalPodAutoscaler does, and in one sentence why it does nothing more.
type hpa struct{ kube.Platform }

type hpaArgs struct{ Service k8sops.Workload }

func (h hpa) spec() k8sops.ReadSpec[hpaArgs] {
	return k8sops.ReadSpec[hpaArgs]{
		Meta: k8sops.Meta{
			Name:     "hpa",
			Summary:  messages.New("k8sops.hpa.summary"),
			Examples: []string{"hpa", "hpa user"},
			Access: append(kube.ListWorkloads(),
				k8sops.Access{Verb: "list", Group: "autoscaling", Resource: "horizontalpodautoscalers"}),
			Owners: []k8sops.Role{k8sops.Everyone},
			On:     autoscaled(),
		},
		Args: func(a *hpaArgs) []k8sops.Arg {
			return []k8sops.Arg{{Name: "service", Into: &a.Service, Summary: messages.New("k8sops.arg.service"), Positional: true}}
		},
		Answer: h.answer,
	}
}

// autoscaled are the kinds that an autoscaler can scale.
func autoscaled() []string { return []string{kube.Deployment, kube.StatefulSet, kube.Scalable} }

func (h hpa) answer(ctx context.Context, call *k8sops.Call, args hpaArgs, _ k8sops.Progress) (*k8sops.Result, error) {
	if args.Service != "" {
		return h.one(ctx, call)
	}
	list, err := call.Client.Kubernetes.AutoscalingV2().HorizontalPodAutoscalers(call.Namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, k8sops.Explain("list autoscalers in "+call.Namespace, err)
	}
	result := &k8sops.Result{Card: messages.Card{Tone: messages.ToneInfo,
		Title: messages.New("k8sops.hpa.title", "count", len(list.Items), "namespace", messages.Code(call.Namespace))}}
	table := &messages.Table{Columns: []messages.Column{
		{Title: messages.New("k8sops.column.service")},
		{Title: messages.New("k8sops.column.replicas"), Right: true},
		{Title: messages.New("k8sops.column.range"), Right: true},
		{Title: messages.New("k8sops.column.metrics")},
	}}
	for i := range list.Items {
		a := &list.Items[i]
		table.Rows = append(table.Rows, k8sops.Literals(a.Spec.ScaleTargetRef.Name, strconv.Itoa(int(a.Status.CurrentReplicas)), rangeOf(a), metricsOf(a)))
		if state, tone := stateOf(a, call.Now); tone != messages.ToneGood {
			result.Card.Tone = messages.ToneWarning
			result.Card.Sections = append(result.Card.Sections, messages.Section{Finding: &messages.Finding{Tone: tone, Text: state}})
		}
	}
	if len(table.Rows) > 0 {
		result.Card.Sections = slices.Insert(result.Card.Sections, 0, messages.Section{Table: table})
	}
	return result, nil
}

// one is the autoscaler of one workload.
func (h hpa) one(ctx context.Context, call *k8sops.Call) (*k8sops.Result, error) {
	w, a, err := h.autoscalerOf(ctx, call)
	if err != nil {
		return nil, err
	}
	if a == nil {
		return without(w), nil
	}
	state, tone := stateOf(a, call.Now)
	return &k8sops.Result{Card: messages.Card{
		Tone:  tone,
		Title: messages.New("k8sops.hpa.one", "workload", messages.Code(w.Name), "replicas", a.Status.CurrentReplicas, "range", rangeOf(a)),
		Facts: []messages.Fact{
			{Label: messages.New("k8sops.hpa.fact.name"), Value: messages.Literal(a.Name)},
			{Label: messages.New("k8sops.hpa.fact.metrics"), Value: messages.Literal(metricsOf(a))},
		},
		Sections: []messages.Section{{Finding: &messages.Finding{Tone: tone, Text: state}}},
	}}, nil
}

// without is the answer about a workload that has no autoscaler: the handbook's is offered, or what is missing for it said.
func without(w kube.Workload) *k8sops.Result {
	result := &k8sops.Result{
		Card: messages.Card{Tone: messages.ToneInfo, Title: messages.New("k8sops.hpa.none", "workload", messages.Code(w.Name), "replicas", w.Replicas())},
	}
	usual := hpaLimits{Min: 2, Max: 10, CPU: 70}
	if e, missing := errors.AsType[*k8sops.Error](usual.check(w)); missing {
		result.Card.Sections = []messages.Section{messages.Paragraph(e.Message), messages.Paragraph(e.Hint)}
		return result
	}
	result.Suggest = []string{"hpa set " + w.Line() + " --min 2 --max 10 --cpu 70"}
	return result
}

// autoscalerOf is the workload that the call names, and its autoscaler, nil where it has none.
func (h hpa) autoscalerOf(ctx context.Context, call *k8sops.Call) (kube.Workload, *autoscalingv2.HorizontalPodAutoscaler, error) {
	w, err := h.Workload(ctx, call, "service")
	if err != nil {
		return w, nil, err
	}
	byTarget, err := kube.AutoscalersByTarget(ctx, call)
	return w, byTarget[w.Key()], err
}

// rangeOf is "2–10".
func rangeOf(a *autoscalingv2.HorizontalPodAutoscaler) string {
	return strconv.Itoa(kube.Minimum(a)) + "–" + strconv.Itoa(int(a.Spec.MaxReplicas))
}

// metricsOf is each metric as it is and as it shall be: "cpu 95 %/70 %".
func metricsOf(a *autoscalingv2.HorizontalPodAutoscaler) string {
	var all []string
	for i := range a.Spec.Metrics {
		m := readMetric(a, &a.Spec.Metrics[i])
		all = append(all, m.name+" "+m.current+"/"+m.target)
	}
	return strings.Join(all, ", ")
}
