package scaling

import (
	"math"
	"slices"
	"strconv"
	"strings"

	autoscalingv2 "k8s.io/api/autoscaling/v2"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// verdict is what to do about one workload.
type verdict struct {
	w       kube.Workload
	use     *podUse
	rulings []ruling
	// tone is good where nothing is to be done.
	tone messages.Tone
	// said is what to do, or why nothing; zero where no rule is broken.
	said messages.Text
	// run is the command line that does it, "" where there is none.
	run string
	// to is how many replicas it leads to, 0 where the count does not change, and line the command line for another count.
	to   int
	line func(to int) string
	// notes are what to know besides: whether there is room.
	notes []messages.Text
}

// urgency orders verdicts: what is to be done first.
func (v verdict) urgency() int {
	broken := len(brokenOf(v.rulings))
	switch {
	case v.to > 0:
		return 200 + broken
	case v.run != "":
		return 100 + broken
	case broken > 0:
		return 50 + broken
	}
	return 0
}

func brokenOf(rulings []ruling) []ruling {
	return slices.DeleteFunc(slices.Clone(rulings), func(r ruling) bool { return !r.broken })
}

// conclude says what the rulings come to. An autoscaler goes on by itself: then only its limits are to be changed.
func (o advice) conclude(call *k8sops.Call, w kube.Workload, use *podUse, hpa *autoscalingv2.HorizontalPodAutoscaler, rulings []ruling) verdict {
	v := verdict{w: w, use: use, rulings: rulings, tone: messages.ToneGood}
	broken := brokenOf(rulings)
	name := messages.Code(w.Name)
	switch {
	case w.Replicas() == 0:
		v.said = messages.New("k8sops.advice.at_zero", "workload", name)
		return v
	case len(broken) == 0:
		return v
	}
	v.tone = messages.ToneWarning
	switch {
	case o.Database.Is(w):
		v.said, v.run = messages.New("k8sops.advice.database", "workload", name), "db connections"
	case o.Cache.Is(w):
		v.said, v.run = messages.New("k8sops.advice.cache", "workload", name), "redis memory"
	case use.ready < w.Replicas():
		v.said, v.run = messages.New("k8sops.advice.not_ready", "workload", name, "ready", use.ready, "replicas", w.Replicas()), "status "+w.Line()
	case hpa != nil:
		v.autoscaled(call, hpa, broken)
	default:
		line := w.Line()
		v.scaleTo(wanted(w.Replicas(), broken), func(to int) string { return "scale " + line + " " + strconv.Itoa(to) })
	}
	return v
}

// scaleTo advises a count.
func (v *verdict) scaleTo(to int, line func(int) string) {
	v.to, v.line = to, line
	v.run = line(to)
	v.said = messages.New("k8sops.advice.scale", "workload", messages.Code(v.w.Name), "from", v.w.Replicas(), "to", to, "because", v.because())
}

// because says how the count comes about.
func (v *verdict) because() messages.Text {
	worst := ruling{}
	for _, r := range brokenOf(v.rulings) {
		if r.ratio > worst.ratio {
			worst = r
		}
	}
	switch {
	case worst.ratio == 0:
		return messages.New("k8sops.advice.because.step")
	case worst.rule == ruleMemory:
		return messages.New("k8sops.advice.because.memory", "threshold", worst.limit)
	}
	return messages.New("k8sops.advice.because.share", "rule", ruleName(worst.rule), "threshold", worst.limit)
}

// wanted is the count at which what is shared among the replicas is below its threshold, one more at least and twice as many at most: further steps
// come after a look at what this one did.
func wanted(now int, broken []ruling) int {
	to := now + 1
	for _, r := range broken {
		to = max(to, int(math.Ceil(float64(now)*math.Min(r.ratio, 2)-1e-9)))
	}
	return min(to, maxReplicas)
}

// autoscaled advises about the autoscaler of the workload.
func (v *verdict) autoscaled(call *k8sops.Call, a *autoscalingv2.HorizontalPodAutoscaler, broken []ruling) {
	state, tone := stateOf(a, call.Now)
	limits, line, hpa := limitsOf(a), v.w.Line(), messages.Code(a.Name)
	to := wanted(v.w.Replicas(), broken)
	set := func(what string) func(int) string {
		return func(to int) string { return "hpa set " + line + what + strconv.Itoa(to) }
	}
	atMaximum := a.Status.CurrentReplicas >= a.Spec.MaxReplicas && a.Status.DesiredReplicas >= a.Spec.MaxReplicas
	switch owner := ownerOf(a); {
	case owner != "":
		v.said = messages.New("k8sops.advice.hpa_owned", "hpa", hpa, "owner", messages.Code(owner), "state", state)
	case atMaximum:
		v.to, v.line = to, set(" --max ")
		v.run, v.said = v.line(to), messages.New("k8sops.advice.hpa_maximum", "hpa", hpa, "max", a.Spec.MaxReplicas, "to", to)
	case tone == messages.ToneBad || tone == messages.ToneWarning:
		v.run, v.said = "hpa "+line, messages.New("k8sops.advice.hpa_stuck", "hpa", hpa, "state", state)
	case a.Status.DesiredReplicas > a.Status.CurrentReplicas:
		v.tone, v.said = messages.ToneInfo, messages.New("k8sops.advice.hpa_works", "hpa", hpa, "state", state)
	case limits.see(broken):
		v.leave(hpa, limits, state)
	default: // it does not look at what is broken: the count from which it begins is what helps
		v.to, v.line = to, set(" --min ")
		if to > int(a.Spec.MaxReplicas) {
			v.line = func(to int) string {
				return "hpa set " + line + " --min " + strconv.Itoa(to) + " --max " + strconv.Itoa(max(to, int(a.Spec.MaxReplicas)))
			}
		}
		v.run, v.said = v.line(to), messages.New("k8sops.advice.hpa_minimum", "hpa", hpa, "metrics", metricsOf(a), "min", kube.Minimum(a), "to", to)
	}
}

// see reports whether the autoscaler has a target for everything that is broken.
func (l hpaLimits) see(broken []ruling) bool {
	targets := map[string]int32{ruleCPU: l.CPU, ruleMemory: l.Memory}
	return !slices.ContainsFunc(broken, func(r ruling) bool { return targets[r.rule] == 0 })
}

// leave leaves it to the autoscaler, unless its target lets the use go above the handbook's.
func (v *verdict) leave(hpa messages.Code, limits hpaLimits, state messages.Text) {
	for _, r := range v.rulings {
		percent := int(limits.CPU)
		if allowed, err := strconv.Atoi(strings.TrimSuffix(r.limit, " %")); r.rule == ruleCPU && r.broken && err == nil && percent > allowed {
			v.run = "hpa set " + v.w.Line() + " --cpu " + strconv.Itoa(allowed)
			v.said = messages.New("k8sops.advice.hpa_target", "hpa", hpa, "target", percent, "threshold", allowed)
			return
		}
	}
	v.tone, v.said = messages.ToneInfo, messages.New("k8sops.advice.hpa_works", "hpa", hpa, "state", state)
}
