package scaling

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// wantedCounts is the count asked for each workload by its key, exceptions applied.
func wantedCounts(call *k8sops.Call, args scaleArgs, workloads []kube.Workload) (map[string]int, error) {
	wanted := map[string]int{}
	for _, w := range workloads {
		wanted[w.Key()] = args.Replicas
	}
	if args.Except == "" {
		return wanted, nil
	}
	for exception := range strings.SplitSeq(args.Except, ",") {
		w, count, err := wantedException(call, exception, workloads)
		if err != nil {
			return nil, err
		}
		wanted[w.Key()] = count
	}
	return wanted, nil
}

// wantedException reads "order=5" as the workload meant and its count, which is bounded as the common one is.
func wantedException(call *k8sops.Call, exception string, workloads []kube.Workload) (kube.Workload, int, error) {
	typed, count, _ := strings.Cut(strings.TrimSpace(exception), "=")
	replicas, _ := call.Operation.Arg("replicas")
	canonical, problem := replicas.Parse(count)
	if problem != nil {
		return kube.Workload{}, 0, &k8sops.Error{Code: k8sops.CodeInvalid, Message: problem.Text, Hint: messages.New("k8sops.scale.except_hint")}
	}
	w, err := kube.OneOf(call, typed, workloads)
	return w, k8sops.Args{"n": canonical}.Int("n", 0), err
}

// back is the call that takes changes of counts back, and touches nothing else: the commonest count is the count, the
// others are exceptions. Undoing "scale all 3" therefore is "scale order-service,payment-service 2", and what had 3 already,
// or joined since, is left alone. It is nil where nothing was changed.
func (s scale) back(counts []countChange) *k8sops.Invocation {
	if len(counts) == 0 {
		return nil
	}
	args := scaleArgs{Replicas: commonest(counts)}
	var exceptions []string
	for _, c := range slices.SortedFunc(slices.Values(counts), func(a, b countChange) int { return strings.Compare(a.Workload, b.Workload) }) {
		args.Services = append(args.Services, k8sops.Workload(c.Workload))
		if c.From != args.Replicas {
			exceptions = append(exceptions, fmt.Sprintf("%s=%d", c.Workload, c.From))
		}
	}
	args.Except = strings.Join(exceptions, ",")
	return s.spec().Invoke(args)
}

// commonest is the count that most workloads had, the smallest of several.
func commonest(counts []countChange) int {
	votes := map[int]int{}
	for _, c := range counts {
		votes[c.From]++
	}
	return slices.MaxFunc(slices.Sorted(maps.Keys(votes)), func(a, b int) int { return cmp.Compare(votes[a], votes[b]) })
}
