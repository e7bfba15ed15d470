package scaling

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// wantedCounts is the count asked for each deployment, exceptions applied.
func wantedCounts(call *k8sops.Call, deployments []appsv1.Deployment) (map[string]int, error) {
	wanted := map[string]int{}
	for _, d := range deployments {
		wanted[d.Name] = call.Args.Int("replicas", 0)
	}
	if call.Args["except"] == "" {
		return wanted, nil
	}
	for _, exception := range strings.Split(call.Args["except"], ",") {
		name, count, err := wantedException(call, exception, deployments)
		if err != nil {
			return nil, err
		}
		wanted[name] = count
	}
	return wanted, nil
}

// wantedException reads "order=5" as the deployment meant and its count, which is bounded as the common one is.
func wantedException(call *k8sops.Call, exception string, deployments []appsv1.Deployment) (string, int, error) {
	typed, count, _ := strings.Cut(strings.TrimSpace(exception), "=")
	replicas, _ := call.Operation.Arg("replicas")
	canonical, problem := replicas.Parse(count)
	if problem != nil {
		return "", 0, &k8sops.Error{Code: k8sops.CodeInvalid, Message: problem.Text, Hint: messages.New("k8sops.scale.except_hint")}
	}
	matches := kube.MatchNames(typed, deployments)
	if len(matches) != 1 {
		return "", 0, &k8sops.Error{Code: k8sops.CodeNotFound, Message: messages.New("k8sops.resolve.unknown",
			"name", messages.Code(typed), "namespace", messages.Code(call.Namespace)), Hint: kube.Known(deployments)}
	}
	return matches[0], k8sops.Args{"n": canonical}.Int("n", 0), nil
}

// backLine is the call that takes changes of counts back, and touches nothing else: the commonest count is the count, the
// others are exceptions. It is "" where nothing was changed, or more than a command line can hold.
func backLine(op *k8sops.Operation, changes []k8sops.FieldChange) string {
	if len(changes) == 0 {
		return ""
	}
	counts := map[string]string{}
	for _, c := range changes {
		counts[c.Object] = c.From
	}
	common := commonest(counts)
	names := slices.Sorted(maps.Keys(counts))
	var exceptions []string
	for _, name := range names {
		if counts[name] != common {
			exceptions = append(exceptions, name+"="+counts[name])
		}
	}
	line := k8sops.Canonical(op, k8sops.Args{"service": strings.Join(names, ","), "replicas": common, "except": strings.Join(exceptions, ",")})
	if len(line) > k8sops.MaxLine {
		return ""
	}
	return line
}

func commonest(counts map[string]string) string {
	votes := map[string]int{}
	for _, n := range counts {
		votes[n]++
	}
	return slices.MaxFunc(slices.Sorted(maps.Keys(votes)), func(a, b string) int { return cmp.Compare(votes[a], votes[b]) })
}
