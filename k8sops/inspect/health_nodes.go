package inspect

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"opsbot/messages"
)

// nodeState is what health needs to know of a node.
type nodeState struct {
	name            string
	ready           bool
	cordoned        bool
	pressure        []string
	cpu, memory     int64 // allocatable, in millicores and bytes
	notReadyBecause string
}

func nodeStateOf(node *corev1.Node) nodeState {
	n := nodeState{
		name: node.Name, cordoned: node.Spec.Unschedulable,
		cpu: node.Status.Allocatable.Cpu().MilliValue(), memory: node.Status.Allocatable.Memory().Value(),
	}
	for _, c := range node.Status.Conditions {
		switch {
		case c.Type == corev1.NodeReady:
			n.ready, n.notReadyBecause = c.Status == corev1.ConditionTrue, c.Reason
		case c.Status == corev1.ConditionTrue:
			n.pressure = append(n.pressure, string(c.Type))
		}
	}
	return n
}

// shownNames is how many names a finding lists before it counts the rest.
const shownNames = 5

// checkNodes finds nodes that are not ready, under pressure or cordoned.
func checkNodes(s *snapshot) []finding {
	var down, pressed, cordoned []string
	for _, n := range s.nodes {
		switch {
		case !n.ready:
			down = append(down, n.name)
		case len(n.pressure) > 0:
			pressed = append(pressed, n.name+" ("+strings.Join(n.pressure, ", ")+")")
		case n.cordoned:
			cordoned = append(cordoned, n.name)
		}
	}
	var findings []finding
	if len(down) > 0 {
		findings = append(findings, finding{messages.ToneBad, messages.New("k8sops.health.nodes_down", "count", len(down), "names", someOf(down)), "events --warnings"})
	}
	if len(pressed) > 0 {
		findings = append(findings, finding{messages.ToneBad, messages.New("k8sops.health.nodes_pressure", "count", len(pressed), "names", someOf(pressed)), "top nodes"})
	}
	if len(cordoned) > 0 {
		findings = append(findings, finding{messages.ToneInfo, messages.New("k8sops.health.nodes_cordoned", "count", len(cordoned), "names", someOf(cordoned)), ""})
	}
	return findings
}

// checkNodeUsage compares nodes with the handbook's thresholds for CPU and memory (关键监控指标).
func checkNodeUsage(s *snapshot) []finding {
	capacity := map[string]nodeState{}
	for _, n := range s.nodes {
		capacity[n.name] = n
	}
	var cpu, memory []string
	for _, u := range s.nodeUsage {
		n := capacity[u.name]
		u.cpu.limit, u.memory.limit = n.cpu, n.memory
		if u.cpu.percent() >= s.thresholds.CPU {
			cpu = append(cpu, u.name)
		}
		if u.memory.percent() >= s.thresholds.Memory {
			memory = append(memory, u.name)
		}
	}
	var findings []finding
	if len(cpu) > 0 {
		findings = append(findings, finding{messages.ToneWarning, messages.New("k8sops.health.cpu", "count", len(cpu), "names", someOf(cpu), "threshold", s.thresholds.CPU), "top nodes"})
	}
	if len(memory) > 0 {
		findings = append(findings, finding{messages.ToneWarning, messages.New("k8sops.health.memory", "count", len(memory), "names", someOf(memory), "threshold", s.thresholds.Memory), "top nodes --sort memory"})
	}
	return findings
}

func someOf(names []string) string {
	text := strings.Join(names[:min(shownNames, len(names))], ", ")
	if len(names) > shownNames {
		text += ", …"
	}
	return text
}
