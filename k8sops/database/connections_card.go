package database

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"opsbot/k8sops"
	"opsbot/k8sops/postgres"
	"opsbot/messages"
)

// When something is worth a word: of the connections that ordinary users may have, in percent, and how long a transaction may be open.
const (
	manyConnections   = 80
	almostAll         = 95
	longIdle          = 5 * time.Minute
	longTransaction   = 15 * time.Minute
	shownGroups       = 20
	shownTransactions = 5
	shownWaits        = 10
)

func connectionsResult(room postgres.ConnectionLimit, sessions []session) *k8sops.Result {
	ordinary := max(1, room.Max-room.Reserved)
	findings := slices.Concat(full(room, ordinary, len(sessions)), waits(sessions), idle(sessions), long(sessions))
	card := messages.Card{
		Tone: worst(findings),
		Title: messages.New("k8sops.db.connections.title", "used", len(sessions), "usable", ordinary,
			"percent", len(sessions)*100/ordinary),
		Facts: []messages.Fact{
			{Label: messages.New("k8sops.db.connections.fact.limit"), Value: messages.New("k8sops.db.connections.limit", "max", room.Max, "reserved", room.Reserved)},
			{Label: messages.New("k8sops.db.connections.fact.states"), Value: states(sessions)},
		},
	}
	for _, f := range findings {
		card.Sections = append(card.Sections, messages.Section{Finding: &f})
	}
	if len(sessions) > 0 {
		card.Sections = append(card.Sections, messages.Section{Table: groupTable(sessions)})
	}
	if table := transactionTable(sessions); len(table.Rows) > 0 {
		card.Sections = append(card.Sections, messages.Paragraph(messages.New("k8sops.db.connections.oldest")), messages.Section{Table: table})
	}
	card.Footer = []messages.Text{messages.New("k8sops.db.connections.own")}
	return &k8sops.Result{Card: card, Suggest: []string{"db slow"}}
}

// worst is the tone of the gravest finding, good where there is none.
func worst(findings []messages.Finding) messages.Tone {
	tone := messages.ToneGood
	for _, f := range findings {
		switch {
		case f.Tone == messages.ToneBad:
			return messages.ToneBad
		case f.Tone == messages.ToneWarning:
			tone = messages.ToneWarning
		}
	}
	return tone
}

func full(room postgres.ConnectionLimit, ordinary, used int) []messages.Finding {
	percent := used * 100 / ordinary
	if percent < manyConnections {
		return nil
	}
	tone := messages.ToneWarning
	if percent >= almostAll {
		tone = messages.ToneBad
	}
	return []messages.Finding{{Tone: tone, Text: messages.New("k8sops.db.connections.full", "percent", percent, "max", room.Max)}}
}

// waits says who blocks whom, with what the blocker does.
func waits(sessions []session) []messages.Finding {
	byPID := map[int]session{}
	for _, s := range sessions {
		byPID[s.PID] = s
	}
	var found []messages.Finding
	for _, s := range sessions {
		if len(s.BlockedBy) == 0 || len(found) == shownWaits {
			continue
		}
		found = append(found, messages.Finding{Tone: messages.ToneBad, Text: messages.New("k8sops.db.connections.blocked",
			"pid", s.PID, "who", s.who(), "since", seconds(s.StateAge), "query", messages.Code(statement(s.Query, 80)), "by", blockers(s.BlockedBy, byPID))})
	}
	return found
}

func blockers(pids []int, known map[int]session) messages.Text {
	slices.Sort(pids)
	pids = slices.Compact(pids)
	var texts []messages.Text
	for _, pid := range pids[:min(len(pids), 3)] {
		texts = append(texts, blocker(pid, known))
	}
	return k8sops.Enumerate(texts)
}

func blocker(pid int, known map[int]session) messages.Text {
	s, there := known[pid]
	switch {
	case pid == 0: // what pg_blocking_pids gives for it
		return messages.New("k8sops.db.connections.prepared")
	case !there:
		return messages.New("k8sops.db.connections.blocker_gone", "pid", pid)
	}
	return messages.New("k8sops.db.connections.blocker", "pid", pid, "who", s.who(), "state", s.State,
		"since", seconds(s.StateAge), "query", messages.Code(statement(s.Query, 80)))
}

// who is the client as the server knows it: user, application and where it connects from.
func (s session) who() string {
	return fmt.Sprintf("%s (%s, %s)", s.User, cmp.Or(s.Application, "-"), s.Client)
}

func idle(sessions []session) []messages.Finding {
	count, oldest := 0, session{}
	for _, s := range sessions {
		if !strings.HasPrefix(s.State, idleInTransaction) || seconds(s.StateAge) < longIdle {
			continue
		}
		count++
		if s.StateAge > oldest.StateAge {
			oldest = s
		}
	}
	if count == 0 {
		return nil
	}
	return []messages.Finding{{Tone: messages.ToneWarning, Text: messages.New("k8sops.db.connections.idle", "count", count,
		"pid", oldest.PID, "who", oldest.who(), "since", seconds(oldest.StateAge))}}
}

func long(sessions []session) []messages.Finding {
	oldest := slices.MaxFunc(append(sessions, session{}), func(a, b session) int { return cmp.Compare(a.TransactionAge, b.TransactionAge) })
	if seconds(oldest.TransactionAge) < longTransaction {
		return nil
	}
	return []messages.Finding{{Tone: messages.ToneWarning, Text: messages.New("k8sops.db.connections.long",
		"pid", oldest.PID, "who", oldest.who(), "age", seconds(oldest.TransactionAge))}}
}

func states(sessions []session) messages.Text {
	count := map[string]int{}
	for _, s := range sessions {
		count[cmp.Or(s.State, "-")]++
	}
	var parts []string
	for _, state := range slices.Sorted(maps.Keys(count)) {
		parts = append(parts, fmt.Sprintf("%s: %d", state, count[state]))
	}
	if len(parts) == 0 {
		return messages.Literal("–")
	}
	return messages.Literal(strings.Join(parts, ", "))
}

// group is the connections of one client in one state.
type group struct {
	user, application, client, state string
	count                            int
	oldest                           float64
}

func groupTable(sessions []session) *messages.Table {
	table := &messages.Table{Columns: []messages.Column{
		{Title: messages.Literal("×"), Right: true},
		{Title: messages.New("k8sops.db.column.application")},
		{Title: messages.New("k8sops.db.column.user")},
		{Title: messages.New("k8sops.db.column.client")},
		{Title: messages.New("k8sops.db.column.state")},
		{Title: messages.New("k8sops.db.column.since"), Right: true},
	}}
	groups := grouped(sessions)
	for _, g := range groups[:min(len(groups), shownGroups)] {
		table.Rows = append(table.Rows, k8sops.Literals(strconv.Itoa(g.count), messages.Clip(cmp.Or(g.application, "–"), 24), messages.Clip(g.user, 20),
			g.client, cmp.Or(g.state, "–"), messages.Duration(seconds(g.oldest))))
	}
	return table
}

// grouped puts the largest group first.
func grouped(sessions []session) []group {
	var groups []group
	for _, s := range sessions {
		i := slices.IndexFunc(groups, func(g group) bool {
			return g.user == s.User && g.application == s.Application && g.client == s.Client && g.state == s.State
		})
		if i < 0 {
			i = len(groups)
			groups = append(groups, group{user: s.User, application: s.Application, client: s.Client, state: s.State})
		}
		groups[i].count++
		groups[i].oldest = max(groups[i].oldest, s.StateAge)
	}
	slices.SortStableFunc(groups, func(a, b group) int { return cmp.Compare(b.count, a.count) })
	return groups
}

// transactionTable are the oldest open transactions: they keep VACUUM from removing dead rows, in every table.
func transactionTable(sessions []session) *messages.Table {
	open := slices.DeleteFunc(slices.Clone(sessions), func(s session) bool { return s.TransactionAge == 0 })
	slices.SortStableFunc(open, func(a, b session) int { return cmp.Compare(b.TransactionAge, a.TransactionAge) })
	table := &messages.Table{Columns: []messages.Column{
		{Title: messages.Literal("PID"), Right: true},
		{Title: messages.New("k8sops.db.column.age"), Right: true},
		{Title: messages.New("k8sops.db.column.user")},
		{Title: messages.New("k8sops.db.column.state")},
		{Title: messages.New("k8sops.db.column.statement")},
	}}
	for _, s := range open[:min(len(open), shownTransactions)] {
		table.Rows = append(table.Rows, k8sops.Literals(strconv.Itoa(s.PID), messages.Duration(seconds(s.TransactionAge)), messages.Clip(s.User, 20), s.State, statement(s.Query, 90)))
	}
	return table
}
