package inspect

import (
	"strconv"
	"strings"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"

	"opsbot/messages"
)

// checkAutoscalers finds autoscalers that would scale further if they might, or cannot tell whether to.
func checkAutoscalers(s *snapshot) []finding {
	var findings []finding
	for i := range s.autoscalers {
		hpa := &s.autoscalers[i]
		target := hpa.Spec.ScaleTargetRef.Name
		if limited(hpa) {
			findings = append(findings, finding{messages.ToneWarning, messages.New("k8sops.health.hpa_limit",
				"hpa", messages.Code(hpa.Name), "workload", messages.Code(target), "max", hpa.Spec.MaxReplicas), "top pods"})
		}
		if reason := blind(hpa); reason != "" {
			findings = append(findings, finding{messages.ToneWarning, messages.New("k8sops.health.hpa_blind",
				"hpa", messages.Code(hpa.Name), "reason", reason), "status " + target})
		}
	}
	return findings
}

func limited(hpa *autoscalingv2.HorizontalPodAutoscaler) bool {
	return hpa.Status.DesiredReplicas >= hpa.Spec.MaxReplicas && hpa.Status.CurrentReplicas >= hpa.Spec.MaxReplicas
}

// blind is why an autoscaler cannot act, "" where it can. Switched off by scaling to zero is nobody's trouble.
func blind(hpa *autoscalingv2.HorizontalPodAutoscaler) string {
	for _, c := range hpa.Status.Conditions {
		stops := c.Type == autoscalingv2.ScalingActive || c.Type == autoscalingv2.AbleToScale
		if stops && c.Status == corev1.ConditionFalse && c.Reason != "ScalingDisabled" {
			return c.Reason
		}
	}
	return ""
}

// checkClaims finds storage that is not there (handbook: 检查PVC状态).
func checkClaims(s *snapshot) []finding {
	var findings []finding
	for _, claim := range s.claims {
		switch claim.Status.Phase {
		case corev1.ClaimLost:
			findings = append(findings, finding{messages.ToneBad, messages.New("k8sops.health.claim_lost", "claim", messages.Code(claim.Name)), "events --warnings"})
		case corev1.ClaimPending:
			findings = append(findings, finding{messages.ToneWarning, messages.New("k8sops.health.claim_pending",
				"claim", messages.Code(claim.Name), "age", s.now.Sub(claim.CreationTimestamp.Time)), "events --warnings"})
		}
	}
	return findings
}

// disk is one file system of the database's pod.
type disk struct {
	mount   string
	percent int
	// used and free are in bytes. What the file system keeps for root is in neither.
	used, free int64
}

// parseDisks reads df -P -k. File systems in memory are not storage.
func parseDisks(output string) []disk {
	var disks []disk
	for line := range strings.Lines(output) {
		fields := strings.Fields(line)
		if len(fields) < 6 || !strings.HasSuffix(fields[4], "%") {
			continue
		}
		percent, err := strconv.Atoi(strings.TrimSuffix(fields[4], "%"))
		used, usedErr := strconv.ParseInt(fields[2], 10, 64)
		free, freeErr := strconv.ParseInt(fields[3], 10, 64)
		if err != nil || usedErr != nil || freeErr != nil || inMemory(fields[0]) {
			continue
		}
		disks = append(disks, disk{mount: strings.Join(fields[5:], " "), percent: percent, used: used << 10, free: free << 10})
	}
	return disks
}

func inMemory(device string) bool {
	switch device {
	case "tmpfs", "devtmpfs", "shm", "udev", "none", "proc", "sysfs":
		return true
	}
	return false
}

// checkDisks compares with the handbook's thresholds for disks: 85 % is too much, 90 % a critical alert.
func checkDisks(s *snapshot) []finding {
	var findings []finding
	for _, d := range s.disks {
		if d.percent < s.thresholds.DiskWarn {
			continue
		}
		tone := messages.ToneWarning
		if d.percent >= s.thresholds.DiskBad {
			tone = messages.ToneBad
		}
		findings = append(findings, finding{tone, messages.New("k8sops.health.disk", "mount", messages.Code(d.mount), "percent", d.percent, "free", messages.Bytes(d.free)), ""})
	}
	return findings
}
