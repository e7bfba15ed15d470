package webhook_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/escalation/webhook"
)

func TestGroupKey(t *testing.T) {
	for name, tt := range map[string]struct {
		labels      map[string]string
		given, want string
	}{
		"labels in order":          {map[string]string{"service": "y", "alertname": "X"}, `{}/{team="db"}:{alertname="X", service="y"}`, `{alertname="X", service="y"}`},
		"another route, same key":  {map[string]string{"service": "y", "alertname": "X"}, `{}:{alertname="X", service="y"}`, `{alertname="X", service="y"}`},
		"values that need quoting": {map[string]string{"a": "x\"}, b=\"\n\\"}, "g", `{a="x\"}, b=\"\n\\"}`},
		"Chinese as it is":         {map[string]string{"服务": "支付"}, "g", `{服务="支付"}`},
		"no labels":                {nil, `{}/{team="db"}:{}`, `{}/{team="db"}:{}`},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, tt.want, webhook.GroupKey(tt.labels, tt.given)) })
	}
}
