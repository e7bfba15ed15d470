package database

import (
	"context"
	"fmt"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// redisMemory is /redis memory (handbook: 检查Redis内存使用).
type redisMemory struct{ kube.Platform }

func (o redisMemory) spec() k8sops.ReadSpec[struct{}] {
	return k8sops.ReadSpec[struct{}]{
		Meta: k8sops.Meta{
			Name:     "redis memory",
			Summary:  messages.New("k8sops.redis.memory.summary"),
			Examples: []string{"redis memory"},
			Access:   redisAccess(o.Platform),
			Owners:   owners(),
		},
		Answer: func(ctx context.Context, call *k8sops.Call, _ struct{}, _ k8sops.Progress) (*k8sops.Result, error) {
			said, c, err := askRedis(ctx, o.Platform, call)
			if err != nil {
				return nil, err
			}
			return &k8sops.Result{Card: o.card(said, c), Suggest: []string{"redis stats"}}, nil
		},
	}
}

// card puts what Redis uses beside what it may: the container's limit, above which the kernel ends it, and maxmemory, at which it evicts.
func (o redisMemory) card(said info, c kube.CacheContainer) messages.Card {
	m := memoryOf(said, c.Spec.Resources.Limits.Memory().Value())
	findings := o.findings(m)
	card := messages.Card{
		Tone:  worst(findings),
		Title: messages.New("k8sops.redis.memory.title", "rss", messages.Bytes(m.rss), "pod", messages.Code(c.Pod)),
		Facts: []messages.Fact{
			{Label: messages.New("k8sops.redis.fact.limit"), Value: ofAmount(m.rss, m.limit)},
			{Label: messages.New("k8sops.redis.fact.maxmemory"), Value: ofAmount(m.used, m.max)},
			{Label: messages.New("k8sops.redis.fact.policy"), Value: messages.Literal(m.policy)},
			{Label: messages.New("k8sops.redis.fact.data"), Value: messages.New("k8sops.redis.memory.data", "data", messages.Bytes(m.data), "peak", messages.Bytes(m.peak))},
			{Label: messages.New("k8sops.redis.fact.fragmentation"), Value: messages.Literal(fmt.Sprintf("%.2f", m.fragmentation))},
			{Label: messages.New("k8sops.redis.fact.evicted"), Value: messages.New("k8sops.redis.since_start", "count", m.evicted)},
		},
	}
	for _, f := range findings {
		card.Sections = append(card.Sections, messages.Section{Finding: &f})
	}
	return card
}

// ofAmount writes "180 MiB of 256 MiB (70 %)".
func ofAmount(used, of int64) messages.Text {
	if of <= 0 {
		return messages.New("k8sops.redis.unlimited", "used", messages.Bytes(used))
	}
	return messages.New("k8sops.redis.of", "used", messages.Bytes(used), "of", messages.Bytes(of), "percent", used*100/of)
}

// memory is what Redis uses, in bytes. limit and max are 0 where there is none.
type memory struct {
	used, data, peak, rss, limit, max int64
	policy                            string
	fragmentation                     float64
	evicted                           int64
}

func memoryOf(said info, limit int64) memory {
	return memory{
		used: said.number("used_memory"), data: said.number("used_memory_dataset"), peak: said.number("used_memory_peak"), rss: said.number("used_memory_rss"),
		limit: limit, max: said.number("maxmemory"), policy: said["maxmemory_policy"], fragmentation: said.float("mem_fragmentation_ratio"),
		evicted: said.number("evicted_keys"),
	}
}

// Fragmentation of little data is all overhead and says nothing.
const (
	fragmented      = 1.5
	enoughToMeasure = 64 << 20
	nearlyFull      = 90
)

func (o redisMemory) findings(m memory) []messages.Finding {
	var found []messages.Finding
	add := func(tone messages.Tone, t messages.Text) {
		found = append(found, messages.Finding{Tone: tone, Text: t})
	}
	limit, size := messages.Bytes(m.limit), messages.Bytes(m.max)
	switch {
	case m.limit == 0:
		add(messages.ToneWarning, messages.New("k8sops.redis.no_limit"))
	case m.rss*100/m.limit >= nearlyFull:
		add(messages.ToneBad, messages.New("k8sops.redis.near_limit", "percent", m.rss*100/m.limit, "limit", limit))
	case m.rss*100/m.limit >= int64(o.Thresholds.Memory):
		add(messages.ToneWarning, messages.New("k8sops.redis.near_limit", "percent", m.rss*100/m.limit, "limit", limit))
	}
	switch {
	case m.max == 0 && m.limit > 0:
		add(messages.ToneWarning, messages.New("k8sops.redis.no_maxmemory", "limit", limit))
	case m.limit > 0 && m.max >= m.limit:
		add(messages.ToneWarning, messages.New("k8sops.redis.maxmemory_above", "max", size, "limit", limit))
	}
	if m.max > 0 && m.policy == "noeviction" && m.used*100/m.max >= nearlyFull {
		add(messages.ToneBad, messages.New("k8sops.redis.refuses_soon", "percent", m.used*100/m.max, "max", size))
	}
	if m.fragmentation > fragmented && m.rss > enoughToMeasure {
		add(messages.ToneWarning, messages.New("k8sops.redis.fragmented", "ratio", fmt.Sprintf("%.2f", m.fragmentation)))
	}
	if m.evicted > 0 {
		add(messages.ToneWarning, messages.New("k8sops.redis.evicted", "count", m.evicted, "policy", messages.Code(m.policy)))
	}
	return found
}
