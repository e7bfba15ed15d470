package scaling

import (
	"context"
	"slices"
	"strconv"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
	"opsbot/runs"
)

// scalePlans is /scale plans: what is planned, the next first.
type scalePlans struct{ kube.Platform }

type noArgs struct{}

func (s scalePlans) spec() k8sops.ReadSpec[noArgs] {
	return k8sops.ReadSpec[noArgs]{
		Meta: k8sops.Meta{
			Name: "scale plans", Summary: messages.New("k8sops.scale_plans.summary"), Examples: []string{"scale plans"}, Owners: []k8sops.Role{k8sops.Everyone},
		},
		Answer: s.answer,
	}
}

func (s scalePlans) answer(ctx context.Context, call *k8sops.Call, _ noArgs, _ k8sops.Progress) (*k8sops.Result, error) {
	list, err := s.here(ctx, call)
	if err != nil {
		return nil, err
	}
	var lines []messages.Text
	for _, planned := range list {
		lines = append(lines, planLine(planned))
	}
	if len(lines) == 0 {
		return &k8sops.Result{Card: messages.Card{Tone: messages.ToneInfo, Title: messages.New("k8sops.scale_plans.none")}}, nil
	}
	return &k8sops.Result{Card: messages.Card{
		Tone: messages.ToneInfo, Title: messages.New("k8sops.scale_plans.title", "count", len(lines)),
		Sections: []messages.Section{{List: lines}, messages.Paragraph(messages.New("k8sops.scale_plans.cancel", "command", messages.Code("/scale plan cancel")))},
	}}, nil
}

// here are the schedules on the call's cluster and namespace, but for those that put back what another operation took away: they are that
// operation's to show and to end.
func (s scalePlans) here(ctx context.Context, call *k8sops.Call) ([]runs.Schedule, error) {
	list, err := s.Schedules.Schedules(ctx)
	elsewhere := func(planned runs.Schedule) bool {
		return planned.Insists() || planned.Cluster != call.Cluster || planned.Namespace != call.Namespace
	}
	return slices.DeleteFunc(list, elsewhere), err
}

// offer lists what can be cancelled, for a form.
func (s scalePlans) offer(ctx context.Context, call *k8sops.Call) ([]k8sops.Choice, error) {
	list, err := s.here(ctx, call)
	choices := make([]k8sops.Choice, len(list))
	for i, planned := range list {
		choices[i] = k8sops.Choice{Value: strconv.FormatInt(planned.Number, 10), Label: planLine(planned)}
	}
	return choices, err
}

// planLine is a schedule in one line: what comes next of it.
func planLine(s runs.Schedule) messages.Text {
	user, command := messages.User(s.User), messages.Code("/"+s.Command)
	if s.Back {
		return messages.New("k8sops.scale_plans.back", "number", s.Number, "user", user, "command", command, "due", messages.Date(s.Due))
	}
	return messages.New("k8sops.scale_plans.line", "number", s.Number, "user", user, "command", command, "due", messages.Date(s.Due), "after", afterText(s))
}
