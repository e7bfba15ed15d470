package inspect

import (
	"context"
	"slices"
	"strings"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/rollout"
)

// rollbackTo begins the line of a rollback.
const rollbackTo = "rollback "

// historyAccess is what telling whether a rollback has somewhere to go takes. Who has not got it is offered none.
func historyAccess() []k8sops.Access {
	return []k8sops.Access{
		{Verb: "list", Group: "apps", Resource: "replicasets", Optional: true},
		{Verb: "list", Group: "apps", Resource: "controllerrevisions", Optional: true},
	}
}

// remedy is a command line that may help, without what would be refused: a rollback of what has no earlier revision becomes a look at it.
func remedy(ctx context.Context, call *k8sops.Call, workloads []kube.Workload, line string) string {
	name, isRollback := strings.CutPrefix(line, rollbackTo)
	if !isRollback {
		return line
	}
	at := slices.IndexFunc(workloads, func(w kube.Workload) bool { return w.Line() == name })
	if at < 0 {
		at = slices.IndexFunc(workloads, func(w kube.Workload) bool { return w.Name == name })
	}
	if at < 0 || !rollout.CanGoBack(ctx, call, workloads[at]) {
		return "events " + name + " --warnings"
	}
	return rollbackTo + workloads[at].Line()
}
