package workload

import (
	"context"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// rolloutStatusOperation is /rollout svc (handbook: 查看更新状态): it follows the rollout live until it is through,
// stuck, or the time is up.
func rolloutStatusOperation(d kube.Platform) k8sops.Operation {
	return k8sops.Operation{
		Name:    "rollout status",
		Aliases: []string{"rollout"},
		Summary: messages.New("k8sops.rollout.summary"),
		Args: []k8sops.Arg{
			{Name: "service", Summary: messages.New("k8sops.arg.service_or_all"), Kind: k8sops.KindWorkload, Positional: true, Required: true, AllowAll: true},
		},
		Examples: []string{"rollout user", "rollout status all"},
		Access:   kube.WatchRollouts(),
		Owners:   []k8sops.Role{k8sops.System, k8sops.Development},
		Run:      rolloutStatus{d}.run,
	}
}

type rolloutStatus struct{ kube.Platform }

func (s rolloutStatus) run(ctx context.Context, call *k8sops.Call, _ *k8sops.Plan, progress k8sops.Progress) (*k8sops.Result, error) {
	deployments, err := s.Workloads(ctx, call, "service")
	if err != nil {
		return nil, err
	}
	goal := kube.RolloutGoal{Recover: func(name string) string { return "rollback " + name }}
	for _, d := range deployments {
		goal.Names = append(goal.Names, d.Name)
	}
	verdict, err := s.AwaitRollout(ctx, call, goal, progress)
	if err != nil {
		return nil, err
	}
	tone := messages.ToneGood
	if !verdict.OK {
		tone = messages.ToneBad
	}
	return &k8sops.Result{Card: messages.Card{Tone: tone, Title: verdict.Summary}, Suggest: verdict.Suggest}, nil
}
