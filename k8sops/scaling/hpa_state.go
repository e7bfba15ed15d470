package scaling

import (
	"slices"
	"strconv"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"

	"opsbot/internal/redact"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// stateOf says in one sentence what an autoscaler does, or why it does not scale, and how bad that is. kubectl's conditions mislead
// here: ScalingLimited is true of every autoscaler that rests at its minimum.
func stateOf(a *autoscalingv2.HorizontalPodAutoscaler, now time.Time) (messages.Text, messages.Tone) {
	name := messages.Code(a.Name)
	able, active, limited := conditionOf(a, autoscalingv2.AbleToScale), conditionOf(a, autoscalingv2.ScalingActive), conditionOf(a, autoscalingv2.ScalingLimited)
	busiest := busiestMetric(a)
	switch {
	case active.Status == corev1.ConditionFalse && active.Reason == "ScalingDisabled":
		return messages.New("k8sops.hpa.state.paused", "hpa", name, "workload", messages.Code(a.Spec.ScaleTargetRef.Name)), messages.ToneWarning
	case able.Status == corev1.ConditionFalse:
		return messages.New("k8sops.hpa.state.unable", "hpa", name, "reason", messages.Clip(redact.Text(able.Message), 300)), messages.ToneBad
	case active.Status == corev1.ConditionFalse:
		return messages.New("k8sops.hpa.state.blind", "hpa", name, "reason", messages.Clip(redact.Text(active.Message), 300)), messages.ToneBad
	case able.Status == "":
		return messages.New("k8sops.hpa.state.new", "hpa", name, "age", now.Sub(a.CreationTimestamp.Time).Truncate(time.Second)), messages.ToneInfo
	case limited.Status == corev1.ConditionTrue && limited.Reason == "TooManyReplicas":
		return messages.New("k8sops.hpa.state.at_maximum", "hpa", name, "max", a.Spec.MaxReplicas, "metric", busiest.name, "current", busiest.current, "target", busiest.target), messages.ToneBad
	case a.Status.DesiredReplicas > a.Status.CurrentReplicas:
		return messages.New("k8sops.hpa.state.scaling", "hpa", name, "from", a.Status.CurrentReplicas, "to", a.Status.DesiredReplicas), messages.ToneInfo
	case able.Reason == "ScaleDownStabilized":
		return messages.New("k8sops.hpa.state.stabilised", "hpa", name), messages.ToneGood
	case limited.Status == corev1.ConditionTrue && limited.Reason == "TooFewReplicas":
		return messages.New("k8sops.hpa.state.at_minimum", "hpa", name, "min", kube.Minimum(a), "metric", busiest.name, "current", busiest.current, "target", busiest.target), messages.ToneGood
	default:
		return messages.New("k8sops.hpa.state.content", "hpa", name, "metric", busiest.name, "current", busiest.current, "target", busiest.target), messages.ToneGood
	}
}

func conditionOf(a *autoscalingv2.HorizontalPodAutoscaler, kind autoscalingv2.HorizontalPodAutoscalerConditionType) autoscalingv2.HorizontalPodAutoscalerCondition {
	for _, c := range a.Status.Conditions {
		if c.Type == kind {
			return c
		}
	}
	return autoscalingv2.HorizontalPodAutoscalerCondition{}
}

// metric is one measure of an autoscaler in words. ratio is current over target, 0 where one of them is not known.
type metric struct {
	name, current, target string
	ratio                 float64
}

// busiestMetric is the one that asks for the most replicas: the autoscaler follows it.
func busiestMetric(a *autoscalingv2.HorizontalPodAutoscaler) metric {
	busiest := metric{name: "–", current: "–", target: "–"}
	for i := range a.Spec.Metrics {
		if m := readMetric(a, &a.Spec.Metrics[i]); i == 0 || m.ratio > busiest.ratio {
			busiest = m
		}
	}
	return busiest
}

func readMetric(a *autoscalingv2.HorizontalPodAutoscaler, spec *autoscalingv2.MetricSpec) metric {
	name, target := metricTarget(spec)
	m := metric{name: name, current: "?", target: "?"}
	if target == nil {
		return m
	}
	at := slices.IndexFunc(a.Status.CurrentMetrics, func(s autoscalingv2.MetricStatus) bool {
		current, _ := metricStatus(&s)
		return s.Type == spec.Type && current == name
	})
	var current *autoscalingv2.MetricValueStatus
	if at >= 0 {
		_, current = metricStatus(&a.Status.CurrentMetrics[at])
	}
	switch {
	case target.AverageUtilization != nil:
		m.target = percent(*target.AverageUtilization)
		if current != nil && current.AverageUtilization != nil {
			m.current = percent(*current.AverageUtilization)
			m.ratio = float64(*current.AverageUtilization) / float64(*target.AverageUtilization)
		}
	case target.AverageValue != nil:
		m.target = target.AverageValue.String()
		if current != nil && current.AverageValue != nil {
			m.current = current.AverageValue.String()
			m.ratio = current.AverageValue.AsApproximateFloat64() / target.AverageValue.AsApproximateFloat64()
		}
	case target.Value != nil:
		m.target = target.Value.String()
		if current != nil && current.Value != nil {
			m.current = current.Value.String()
			m.ratio = current.Value.AsApproximateFloat64() / target.Value.AsApproximateFloat64()
		}
	}
	return m
}

func percent(n int32) string { return strconv.Itoa(int(n)) + " %" }

func metricTarget(spec *autoscalingv2.MetricSpec) (string, *autoscalingv2.MetricTarget) {
	switch {
	case spec.Resource != nil:
		return string(spec.Resource.Name), &spec.Resource.Target
	case spec.ContainerResource != nil:
		return string(spec.ContainerResource.Name), &spec.ContainerResource.Target
	case spec.Pods != nil:
		return spec.Pods.Metric.Name, &spec.Pods.Target
	case spec.Object != nil:
		return spec.Object.Metric.Name, &spec.Object.Target
	case spec.External != nil:
		return spec.External.Metric.Name, &spec.External.Target
	}
	return string(spec.Type), nil
}

func metricStatus(status *autoscalingv2.MetricStatus) (string, *autoscalingv2.MetricValueStatus) {
	switch {
	case status.Resource != nil:
		return string(status.Resource.Name), &status.Resource.Current
	case status.ContainerResource != nil:
		return string(status.ContainerResource.Name), &status.ContainerResource.Current
	case status.Pods != nil:
		return status.Pods.Metric.Name, &status.Pods.Current
	case status.Object != nil:
		return status.Object.Metric.Name, &status.Object.Current
	case status.External != nil:
		return status.External.Metric.Name, &status.External.Current
	}
	return "", nil
}
