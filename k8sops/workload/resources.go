package workload

import (
	"context"

	corev1 "k8s.io/api/core/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// resources is /resources (handbook: 资源优化): what a workload's containers ask for and may use, beside what they use now.
type resources struct{ kube.Platform }

type resourcesArgs struct {
	Service   k8sops.Workload
	Container string
}

func (r resources) spec() k8sops.ReadSpec[resourcesArgs] {
	return k8sops.ReadSpec[resourcesArgs]{
		Meta: k8sops.Meta{
			Name:     "resources",
			Summary:  messages.New("k8sops.resources.summary"),
			Examples: []string{"resources user"},
			Access:   append(kube.ListWorkloads(), usageAccess()...),
			Owners:   []k8sops.Role{k8sops.Everyone},
			On:       kube.RollingKinds(),
		},
		Args: func(a *resourcesArgs) []k8sops.Arg {
			return []k8sops.Arg{
				{Name: "service", Into: &a.Service, Summary: messages.New("k8sops.arg.service"), Positional: true, Required: true},
				{Name: "container", Into: &a.Container, Summary: messages.New("k8sops.resources.arg.only")},
			}
		},
		Answer: r.answer,
	}
}

// usageAccess is what it takes to see what the containers of a workload use, and how they ended.
func usageAccess() []k8sops.Access {
	return []k8sops.Access{
		{Verb: "list", Resource: "pods"},
		{Verb: "list", Group: "metrics.k8s.io", Resource: "pods", Optional: true},
	}
}

func (r resources) answer(ctx context.Context, call *k8sops.Call, args resourcesArgs, _ k8sops.Progress) (*k8sops.Result, error) {
	w, err := r.Workload(ctx, call, "service")
	if err != nil {
		return nil, err
	}
	containers := w.Template().Spec.Containers
	if args.Container != "" {
		c, err := chooseContainer(call, w, args.Container)
		if err != nil {
			return nil, err
		}
		containers = []corev1.Container{*c}
	}
	seen, err := look(ctx, call, w)
	if err != nil {
		return nil, err
	}
	return r.result(w, containers, seen), nil
}

// result has a row for each resource of each container, what ended for want of memory, and the first change that is suggested.
func (r resources) result(w kube.Workload, containers []corev1.Container, seen observed) *k8sops.Result {
	result := &k8sops.Result{}
	table := &messages.Table{Columns: []messages.Column{
		{Title: messages.New("k8sops.column.container")},
		{Title: messages.New("k8sops.column.resource")},
		{Title: messages.New("k8sops.column.used"), Right: true},
		{Title: messages.New("k8sops.column.request"), Right: true},
		{Title: messages.New("k8sops.column.limit"), Right: true},
		{Title: messages.New("k8sops.column.suggested"), Right: true},
	}}
	var findings []messages.Section
	tone := messages.ToneGood
	for _, c := range containers {
		if found := seen.endings(c.Name); found != nil {
			tone = messages.ToneWarning
			findings = append(findings, messages.Section{Finding: found})
		}
		line := ""
		for _, name := range tuned() {
			set := boundsOf(c, name)
			suggested := r.suggest(name, set, seen.of(c.Name))
			table.Rows = append(table.Rows, k8sops.Literals(c.Name, string(name), seen.of(c.Name).show(name),
				shown(name, set.request), shown(name, set.limit), shownSuggestion(name, suggested)))
			if suggested != nil {
				line += " --" + string(name) + " " + suggested.text(name)
			}
		}
		if line != "" {
			tone = messages.ToneWarning
			result.Suggest = append(result.Suggest, "resources set "+w.Line()+" --container "+c.Name+line)
		}
	}
	result.Suggest = result.Suggest[:min(3, len(result.Suggest))]
	result.Card = messages.Card{Tone: tone,
		Title:    messages.New("k8sops.resources.title", "workload", messages.Code(w.Name), "count", seen.pods),
		Sections: append([]messages.Section{{Table: table}}, findings...),
		Footer:   seen.footer(),
	}
	return result
}

// tuned are the resources that are looked at and set.
func tuned() []corev1.ResourceName {
	return []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory}
}

// bounds are request and limit of one resource in its unit, millicores or bytes; 0 is none.
type bounds struct{ request, limit int64 }

// boundsOf are those of a container. A limit alone is the request, too: so the API server fills it in for a pod.
func boundsOf(c corev1.Container, name corev1.ResourceName) bounds {
	b := bounds{inUnits(name, c.Resources.Requests), inUnits(name, c.Resources.Limits)}
	if _, set := c.Resources.Requests[name]; !set {
		b.request = b.limit
	}
	return b
}

func inUnits(name corev1.ResourceName, list corev1.ResourceList) int64 {
	q := list[name]
	if name == corev1.ResourceCPU {
		return q.MilliValue()
	}
	return q.Value()
}

func shownSuggestion(name corev1.ResourceName, suggested *bounds) string {
	if suggested == nil {
		return "–"
	}
	return suggested.text(name)
}

// text is how the pair is typed: "200m/500m", "200m/none", "/500m" where there is no request.
func (b bounds) text(name corev1.ResourceName) string {
	limit := noLimit
	if b.limit > 0 {
		limit = quantity(name, b.limit)
	}
	if b.request == 0 {
		return "/" + limit
	}
	return quantity(name, b.request) + "/" + limit
}
