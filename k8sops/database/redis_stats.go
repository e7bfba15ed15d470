package database

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// redisStats is /redis stats (handbook: 分析Redis性能).
type redisStats struct{ kube.Platform }

func (o redisStats) spec() k8sops.ReadSpec[struct{}] {
	return k8sops.ReadSpec[struct{}]{
		Meta: k8sops.Meta{
			Name:     "redis stats",
			Summary:  messages.New("k8sops.redis.stats.summary"),
			Examples: []string{"redis stats"},
			Access:   redisAccess(o.Platform),
			Owners:   owners(),
		},
		Answer: func(ctx context.Context, call *k8sops.Call, _ struct{}, _ k8sops.Progress) (*k8sops.Result, error) {
			said, c, err := askRedis(ctx, o.Platform, call)
			if err != nil {
				return nil, err
			}
			return &k8sops.Result{Card: statsCard(said, c, call.Now), Suggest: []string{"redis memory"}}, nil
		},
	}
}

func statsCard(said info, c kube.CacheContainer, now time.Time) messages.Card {
	findings := statsFindings(said)
	card := messages.Card{
		Tone: worst(findings),
		Title: messages.New("k8sops.redis.stats.title", "version", said["redis_version"], "pod", messages.Code(c.Pod),
			"uptime", time.Duration(said.number("uptime_in_seconds"))*time.Second),
		Facts: []messages.Fact{
			{Label: messages.New("k8sops.redis.fact.hits"), Value: hitRate(said)},
			{Label: messages.New("k8sops.redis.fact.operations"), Value: messages.New("k8sops.redis.operations", "now", said.number("instantaneous_ops_per_sec"), "total", said.number("total_commands_processed"))},
			{Label: messages.New("k8sops.redis.fact.clients"), Value: clients(said)},
			{Label: messages.New("k8sops.redis.fact.keys"), Value: keyspace(said)},
			{Label: messages.New("k8sops.redis.fact.expired"), Value: messages.New("k8sops.redis.expired", "expired", said.number("expired_keys"), "evicted", said.number("evicted_keys"))},
			{Label: messages.New("k8sops.redis.fact.persistence"), Value: persistence(said, now)},
			{Label: messages.New("k8sops.redis.fact.replication"), Value: replication(said)},
		},
	}
	for _, f := range findings {
		card.Sections = append(card.Sections, messages.Section{Finding: &f})
	}
	return card
}

// hitRate is how often a key that was asked for was there, since the start.
func hitRate(said info) messages.Text {
	hits, misses := said.number("keyspace_hits"), said.number("keyspace_misses")
	if hits+misses == 0 {
		return messages.New("k8sops.redis.no_lookups")
	}
	return messages.New("k8sops.redis.hit_rate", "percent", hits*100/(hits+misses), "lookups", hits+misses)
}

func clients(said info) messages.Text {
	return messages.New("k8sops.redis.clients", "connected", said.number("connected_clients"), "max", said.number("maxclients"), "blocked", said.number("blocked_clients"))
}

// keyspace lists the databases: "db0: 120".
func keyspace(said info) messages.Text {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(said)) {
		keys, found := strings.CutPrefix(said[name], "keys=")
		if number, isDatabase := strings.CutPrefix(name, "db"); found && isDatabase {
			if _, err := strconv.Atoi(number); err == nil {
				keys, _, _ = strings.Cut(keys, ",")
				parts = append(parts, fmt.Sprintf("%s: %s", name, keys))
			}
		}
	}
	if len(parts) == 0 {
		return messages.New("k8sops.redis.no_keys")
	}
	return messages.Literal(strings.Join(parts, ", "))
}

func persistence(said info, now time.Time) messages.Text {
	saved := messages.Age(now, time.Unix(said.number("rdb_last_save_time"), 0))
	args := []any{"saved", saved, "changes", said.number("rdb_changes_since_last_save")}
	if said["aof_enabled"] == "1" {
		return messages.New("k8sops.redis.persistence.log", args...)
	}
	return messages.New("k8sops.redis.persistence.snapshots", args...)
}

func replication(said info) messages.Text {
	if said["role"] == "slave" {
		return messages.New("k8sops.redis.replica", "primary", said["master_host"], "link", said["master_link_status"])
	}
	return messages.New("k8sops.redis.primary", "count", said.number("connected_slaves"))
}

// fewHits is the hit rate below which a cache is hardly one, once enough was asked to tell.
const (
	fewHits       = 80
	enoughLookups = 1000
)

func statsFindings(said info) []messages.Finding {
	var found []messages.Finding
	add := func(tone messages.Tone, t messages.Text) {
		found = append(found, messages.Finding{Tone: tone, Text: t})
	}
	if status := said["rdb_last_bgsave_status"]; status != "" && status != "ok" {
		add(messages.ToneBad, messages.New("k8sops.redis.save_failed"))
	}
	if status := said["aof_last_write_status"]; said["aof_enabled"] == "1" && status != "" && status != "ok" {
		add(messages.ToneBad, messages.New("k8sops.redis.log_failed"))
	}
	if said["role"] == "slave" && said["master_link_status"] != "up" {
		add(messages.ToneBad, messages.New("k8sops.redis.link_down", "primary", said["master_host"]))
	}
	if refused := said.number("rejected_connections"); refused > 0 {
		add(messages.ToneWarning, messages.New("k8sops.redis.rejected", "count", refused, "max", said.number("maxclients")))
	}
	if most := said.number("maxclients"); most > 0 && said.number("connected_clients")*100/most >= nearlyFull {
		add(messages.ToneWarning, messages.New("k8sops.redis.many_clients", "connected", said.number("connected_clients"), "max", most))
	}
	hits, misses := said.number("keyspace_hits"), said.number("keyspace_misses")
	if hits+misses >= enoughLookups && hits*100/(hits+misses) < fewHits {
		add(messages.ToneWarning, messages.New("k8sops.redis.few_hits", "percent", hits*100/(hits+misses), "lookups", hits+misses))
	}
	return found
}
