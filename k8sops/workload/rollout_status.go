package workload

import (
	"context"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/rollout"
	"opsbot/messages"
)

// rolloutStatus is /rollout svc (handbook: 查看更新状态): it follows the rollout live until it is through, stuck, or the time
// is up.
type rolloutStatus struct{ kube.Platform }

type rolloutArgs struct{ Service k8sops.Workload }

func (s rolloutStatus) spec() k8sops.ReadSpec[rolloutArgs] {
	return k8sops.ReadSpec[rolloutArgs]{
		Meta: k8sops.Meta{
			Name:     "rollout status",
			Aliases:  []string{"rollout"},
			Summary:  messages.New("k8sops.rollout.summary"),
			Examples: []string{"rollout user", "rollout status all"},
			Access:   append(rollout.Access(), readHistory()...),
			Owners:   []k8sops.Role{k8sops.Everyone},
			On:       kube.RollingKinds(),
		},
		Args: func(a *rolloutArgs) []k8sops.Arg {
			return []k8sops.Arg{
				{Name: "service", Into: &a.Service, Summary: messages.New("k8sops.arg.service_or_all"), Positional: true, Required: true, AllowAll: true},
			}
		},
		Answer: s.answer,
	}
}

func (s rolloutStatus) answer(ctx context.Context, call *k8sops.Call, _ rolloutArgs, progress k8sops.Progress) (*k8sops.Result, error) {
	workloads, err := s.Workloads(ctx, call, "service")
	if err != nil {
		return nil, err
	}
	goal := rollout.Goal{Recover: func(w kube.Workload) string { return rollbackLine(ctx, call, w) }}
	for _, w := range workloads {
		goal.Targets = append(goal.Targets, k8sops.Target{Kind: w.Kind, Name: w.Name})
	}
	verdict, err := rollout.Await(ctx, s.Platform, call, goal, progress)
	if err != nil {
		return nil, err
	}
	tone := messages.ToneGood
	if !verdict.OK {
		tone = messages.ToneBad
	}
	return &k8sops.Result{Card: messages.Card{Tone: tone, Title: verdict.Summary}, Suggest: verdict.Suggest}, nil
}
