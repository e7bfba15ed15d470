package platform

import (
	"context"
	"strings"
	"time"

	"opsbot/internal/lab"
)

// DailyCheck is the handbook's daily checklist (每日检查清单) with kubectl. A terminal for df is not asked for, because there
// is none.
func DailyCheck() []string {
	return []string{
		"top nodes",
		"top pods -n ecommerce-k8s",
		"get events -n ecommerce-k8s --sort-by=.metadata.creationTimestamp",
		"get pods -n ecommerce-k8s -o wide",
		"get endpoints -n ecommerce-k8s",
		"get hpa -n ecommerce-k8s",
		"get pvc -n ecommerce-k8s",
		"exec deployment/postgres -n ecommerce-k8s -- df -h",
	}
}

// StatusCheck is its part on the state of the services (服务状态检查).
func StatusCheck() []string {
	return []string{
		"get pods -n ecommerce-k8s -o wide",
		"get endpoints -n ecommerce-k8s",
		"get hpa -n ecommerce-k8s",
	}
}

// Check runs commands of kubectl one after the other, as a person or a script would, and returns how long they took and the
// memory of the largest.
func (p *Platform) Check(ctx context.Context, lines []string) (took time.Duration, memory float64, err error) {
	began := time.Now()
	for _, line := range lines {
		peak, err := lab.PeakOf(p.command(ctx, strings.Fields(line)...))
		if err != nil {
			return 0, 0, err
		}
		memory = max(memory, peak)
	}
	return time.Since(began), memory, nil
}
