package main

import (
	"fmt"
	"slices"
	"strings"
)

// judge holds what is seen against what happened. Whatever it finds is a problem, in words, and counted.
func judge(e evidence) verdict {
	j := &judgement{evidence: e}
	j.operations = len(e.patches)
	j.judgeAlerts()
	j.judgePages()
	j.judgeMessages()
	j.judgeOperations()
	for _, v := range e.violations {
		j.problem("Slack's rules were broken: %s", v)
	}
	return j.verdict
}

type judgement struct {
	evidence
	verdict
}

func (j *judgement) problem(format string, args ...any) {
	j.problems = append(j.problems, fmt.Sprintf(format, args...))
}

// headersOf are those of the headers that name the story's service.
func headersOf(s story, headers []post) []post {
	return slices.DeleteFunc(slices.Clone(headers), func(p post) bool { return !strings.Contains(p.text, s.service) })
}

// agrees reports whether a header shows what is true in the end: all has resolved, or somebody has it and all fires.
func (s story) agrees(header string) bool {
	status, firing := statusAcknowledged, len(s.alerts())
	if s.ends != 0 {
		status, firing = statusResolved, 0
	}
	tally := fmt.Sprintf(alertTally, firing, len(s.alerts()))
	return hasFact(header, factStatus, status) && hasFact(header, factAlerts, tally)
}

// judgeAlerts wants one thread for each service, that agrees with its alerts, and each alert in the timeline as it is.
func (j *judgement) judgeAlerts() {
	headers := headersAmong(j.posts)
	for _, s := range j.stories {
		j.alerts += len(s.alerts())
		threads := headersOf(s, headers)
		if len(threads) == 0 {
			j.lostAlerts += len(s.alerts())
			j.problem("alerts lost: no thread names %s", s.service)
			continue
		}
		if len(threads) > 1 {
			j.doubledMessages += len(threads) - 1
			j.problem("%d threads name %s", len(threads), s.service)
		}
		if header := threads[0]; !s.agrees(header.text) {
			j.diverged++
			j.problem("the header of %s does not agree with its alerts: %s", s.service, strings.ReplaceAll(header.text, "\n", " | "))
		}
		j.judgeTimeline(s, j.timelines[incidentOf(threads[0].key)])
	}
}

func (j *judgement) judgeTimeline(s story, t timeline) {
	mark := markFiring
	if s.ends != 0 {
		mark = markResolved
	}
	for _, a := range s.alerts() {
		is := func(line string) bool { return strings.Contains(line, mark) && strings.Contains(line, a.name) }
		if !slices.ContainsFunc(strings.Split(t.alerts(), "\n"), is) {
			j.lostAlerts++
			j.problem("alert lost: the timeline of %s does not have %s as it is: %s", s.service, a.name, t.alerts())
		}
	}
}

// judgePages wants every page of the ledger to have come to an end, the messages to be those of the ledger, and each person to
// be paged once for one thing.
func (j *judgement) judgePages() {
	for number, t := range j.timelines {
		if !t.wasOverAtOnce() && !slices.ContainsFunc(t.pages, func(r ledgerRow) bool { return r.reason == reasonOpened }) {
			j.lostPages++
			j.problem("page lost: nobody was to be paged when INC-%s opened", number)
		}
		for i, r := range t.pages {
			j.pages++
			j.judgePage(r)
			if again := slices.IndexFunc(t.pages[:i], func(earlier ledgerRow) bool { return j.isSame(earlier, r) }); again >= 0 {
				j.doubledPages++
				j.problem("page doubled: %s and %s of %s", t.pages[again].id, r.id, r.contact)
			}
		}
	}
}

func (j *judgement) judgePage(r ledgerRow) {
	sent := 0
	for _, p := range j.posts {
		if p.key == r.key() {
			sent++
		}
	}
	switch {
	case !r.isSettled(), r.isReceived() && sent == 0:
		j.lostPages++
		j.problem("page lost: %s to %s is %q, with %d messages", r.id, r.contact, r.state, sent)
	case sent > 1:
		j.doubledPages += sent - 1
		j.problem("page doubled: %d messages for %s to %s", sent, r.id, r.contact)
	}
}

// isSame reports whether two pages say the same thing to the same person: no incident of a round opens twice, and a deadline
// is not due again before its time has passed.
func (j *judgement) isSame(a, b ledgerRow) bool {
	if a.contact != b.contact || a.reason != b.reason {
		return false
	}
	switch a.reason {
	case reasonOpened:
		return true
	case reasonDeadline:
		return b.intended.Sub(a.intended) < j.respond/2
	default:
		return false
	}
}

// judgeMessages wants no message to stand twice, none that the ledger does not know, and no button on what is over.
func (j *judgement) judgeMessages() {
	seen := map[string]int{}
	for _, p := range j.posts {
		if p.key == "" {
			continue
		}
		if seen[p.key]++; seen[p.key] == 2 && !p.isPage() {
			j.doubledMessages++
			j.problem("message doubled: %s", p.key)
		}
		if p.isPage() && !j.isInLedger(p) {
			j.doubledPages++
			j.problem("page %s is in no ledger", p.key)
		}
		if p.isPage() && p.offersAck {
			j.diverged++
			j.problem("%s still asks %s to acknowledge", p.key, p.to)
		}
	}
}

func (j *judgement) isInLedger(p post) bool {
	return slices.ContainsFunc(j.timelines[incidentOf(p.key)].pages, func(r ledgerRow) bool { return r.key() == p.key })
}

// judgeOperations wants every command to have changed something at most once.
func (j *judgement) judgeOperations() {
	times, calls := map[int]int{}, map[string]int{}
	for _, p := range j.patches {
		times[p.replicas]++
		calls[p.call]++
	}
	for call, n := range calls {
		if n > 1 {
			j.doubledOperations += n - 1
			j.problem("operation doubled: call %s changed the workload %d times", call, n)
		}
	}
	for _, c := range j.commands {
		if n := times[c.replicas]; n > 1 {
			j.doubledOperations += n - 1
			j.problem("operation doubled: scale to %d ran %d times", c.replicas, n)
		}
		if c.delivered {
			j.unanswered++
		}
		delete(times, c.replicas)
	}
	for _, p := range j.posts {
		if p.answersCommand() {
			j.unanswered--
		}
	}
	j.unanswered = max(0, j.unanswered)
	for n := range times {
		j.problem("nobody asked for %d replicas", n)
	}
}
