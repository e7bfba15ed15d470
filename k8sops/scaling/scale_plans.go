package scaling

import (
	"context"

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
	list, err := s.Schedules.Schedules(ctx)
	if err != nil {
		return nil, err
	}
	var lines []messages.Text
	for _, planned := range list {
		if planned.Cluster == call.Cluster && planned.Namespace == call.Namespace {
			lines = append(lines, planLine(planned))
		}
	}
	if len(lines) == 0 {
		return &k8sops.Result{Card: messages.Card{Tone: messages.ToneInfo, Title: messages.New("k8sops.scale_plans.none")}}, nil
	}
	return &k8sops.Result{Card: messages.Card{
		Tone: messages.ToneInfo, Title: messages.New("k8sops.scale_plans.title", "count", len(lines)),
		Sections: []messages.Section{{List: lines}, messages.Paragraph(messages.New("k8sops.scale_plans.cancel", "command", messages.Code("/scale plan cancel")))},
	}}, nil
}

// planLine is a schedule in one line: what comes next of it.
func planLine(s runs.Schedule) messages.Text {
	user, command := messages.User(s.User), messages.Code("/"+s.Command)
	if s.Back {
		return messages.New("k8sops.scale_plans.back", "number", s.Number, "user", user, "command", command, "due", messages.Date(s.Due))
	}
	return messages.New("k8sops.scale_plans.line", "number", s.Number, "user", user, "command", command, "due", messages.Date(s.Due), "after", afterText(s))
}
