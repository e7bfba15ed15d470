package k8sops

import (
	"context"

	"opsbot/messages"
)

// rolloutStatusOperation is /rollout svc (handbook: 查看更新状态): it follows the rollout live until it is through,
// stuck, or the time is up.
func rolloutStatusOperation(d Platform) Operation {
	return Operation{
		Name:    "rollout status",
		Aliases: []string{"rollout"},
		Summary: messages.New("k8sops.rollout.summary"),
		Args: []Arg{
			{Name: "service", Summary: messages.New("k8sops.arg.service_or_all"), Kind: KindWorkload, Positional: true, Required: true, AllowAll: true},
		},
		Examples: []string{"rollout user", "rollout status all"},
		Access:   watchRollouts(),
		Owners:   []Role{System, Development},
		Run:      rolloutStatus{d}.run,
	}
}

type rolloutStatus struct{ Platform }

func (s rolloutStatus) run(ctx context.Context, call *Call, _ *Plan, progress Progress) (*Result, error) {
	deployments, err := s.workloads(ctx, call, "service")
	if err != nil {
		return nil, err
	}
	goal := rolloutGoal{recover: func(name string) string { return "rollback " + name }}
	for _, d := range deployments {
		goal.names = append(goal.names, d.Name)
	}
	verdict, err := s.awaitRollout(ctx, call, goal, progress)
	if err != nil {
		return nil, err
	}
	tone := messages.ToneGood
	if !verdict.OK {
		tone = messages.ToneBad
	}
	return &Result{Card: messages.Card{Tone: tone, Title: verdict.Summary}, Suggest: verdict.Suggest}, nil
}
