// Package judge holds what was seen of a round against what happened in it.
package judge

import (
	"fmt"
	"slices"
	"strings"
)

// Evaluate holds what is seen against what happened. Whatever it finds is a problem, in words, and counted.
func Evaluate(e Evidence) Verdict {
	j := &judgement{Evidence: e}
	j.Operations = len(e.Patches)
	j.judgeAlerts()
	j.judgePages()
	j.judgeMessages()
	j.judgeOperations()
	for _, v := range e.Violations {
		j.problem("Slack's rules were broken: %s", v)
	}
	return j.Verdict
}

type judgement struct {
	Evidence
	Verdict
}

func (j *judgement) problem(format string, args ...any) {
	j.Problems = append(j.Problems, fmt.Sprintf(format, args...))
}

// HeadersOf are those of the headers that name the story's service.
func HeadersOf(s Story, headers []Post) []Post {
	return slices.DeleteFunc(slices.Clone(headers), func(p Post) bool { return !strings.Contains(p.Text, s.Service) })
}

// Agrees reports whether a header shows what is true in the end: all has resolved, or somebody has it and all fires.
func (s Story) Agrees(header string) bool {
	status, firing := statusAcknowledged, len(s.Alerts())
	if s.Ends != 0 {
		status, firing = statusResolved, 0
	}
	tally := fmt.Sprintf(alertTally, firing, len(s.Alerts()))
	return hasFact(header, factStatus, status) && hasFact(header, factAlerts, tally)
}

// judgeAlerts wants one thread for each service, that agrees with its alerts, and each alert in the timeline as it is.
func (j *judgement) judgeAlerts() {
	headers := HeadersAmong(j.Posts)
	for _, s := range j.Stories {
		j.Alerts += len(s.Alerts())
		threads := HeadersOf(s, headers)
		if len(threads) == 0 {
			j.LostAlerts += len(s.Alerts())
			j.problem("alerts lost: no thread names %s", s.Service)
			continue
		}
		if len(threads) > 1 {
			j.DoubledMessages += len(threads) - 1
			j.problem("%d threads name %s", len(threads), s.Service)
		}
		if header := threads[0]; !s.Agrees(header.Text) {
			j.Diverged++
			j.problem("the header of %s does not agree with its alerts: %s", s.Service, strings.ReplaceAll(header.Text, "\n", " | "))
		}
		j.judgeTimeline(s, j.Timelines[IncidentOf(threads[0].Key)])
	}
}

func (j *judgement) judgeTimeline(s Story, t Timeline) {
	mark := markFiring
	if s.Ends != 0 {
		mark = markResolved
	}
	for _, a := range s.Alerts() {
		is := func(line string) bool { return strings.Contains(line, mark) && strings.Contains(line, a.Name) }
		if !slices.ContainsFunc(strings.Split(t.alerts(), "\n"), is) {
			j.LostAlerts++
			j.problem("alert lost: the timeline of %s does not have %s as it is: %s", s.Service, a.Name, t.alerts())
		}
	}
}

// judgePages wants every page of the ledger to have come to an end, the messages to be those of the ledger, and each person to
// be paged once for one thing.
func (j *judgement) judgePages() {
	for number, t := range j.Timelines {
		if !t.wasOverAtOnce() && !slices.ContainsFunc(t.pages, func(r ledgerRow) bool { return r.reason == reasonOpened }) {
			j.LostPages++
			j.problem("page lost: nobody was to be paged when INC-%s opened", number)
		}
		for i, r := range t.pages {
			j.Pages++
			j.judgePage(r)
			if again := slices.IndexFunc(t.pages[:i], func(earlier ledgerRow) bool { return j.isSame(earlier, r) }); again >= 0 {
				j.DoubledPages++
				j.problem("page doubled: %s and %s of %s", t.pages[again].id, r.id, r.contact)
			}
		}
	}
}

func (j *judgement) judgePage(r ledgerRow) {
	sent := 0
	for _, p := range j.Posts {
		if p.Key == r.key() {
			sent++
		}
	}
	switch {
	case !r.isSettled(), r.isReceived() && sent == 0:
		j.LostPages++
		j.problem("page lost: %s to %s is %q, with %d messages", r.id, r.contact, r.state, sent)
	case sent > 1:
		j.DoubledPages += sent - 1
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
		return b.intended.Sub(a.intended) < j.Respond/2
	default:
		return false
	}
}

// judgeMessages wants no message to stand twice, none that the ledger does not know, and no button on what is over.
func (j *judgement) judgeMessages() {
	seen := map[string]int{}
	for _, p := range j.Posts {
		if p.Key == "" {
			continue
		}
		if seen[p.Key]++; seen[p.Key] == 2 && !p.IsPage() {
			j.DoubledMessages++
			j.problem("message doubled: %s", p.Key)
		}
		if p.IsPage() && !j.isInLedger(p) {
			j.DoubledPages++
			j.problem("page %s is in no ledger", p.Key)
		}
		if p.IsPage() && p.OffersAck {
			j.Diverged++
			j.problem("%s still asks %s to acknowledge", p.Key, p.To)
		}
	}
}

func (j *judgement) isInLedger(p Post) bool {
	return slices.ContainsFunc(j.Timelines[IncidentOf(p.Key)].pages, func(r ledgerRow) bool { return r.key() == p.Key })
}

// judgeOperations wants every command to have changed something at most once.
func (j *judgement) judgeOperations() {
	times, calls := map[int]int{}, map[string]int{}
	for _, p := range j.Patches {
		times[p.replicas]++
		calls[p.call]++
	}
	for call, n := range calls {
		if n > 1 {
			j.DoubledOperations += n - 1
			j.problem("operation doubled: call %s changed the workload %d times", call, n)
		}
	}
	for _, c := range j.Commands {
		if n := times[c.Replicas]; n > 1 {
			j.DoubledOperations += n - 1
			j.problem("operation doubled: scale to %d ran %d times", c.Replicas, n)
		}
		if c.Delivered {
			j.Unanswered++
		}
		delete(times, c.Replicas)
	}
	for _, p := range j.Posts {
		if p.answersCommand() {
			j.Unanswered--
		}
	}
	j.Unanswered = max(0, j.Unanswered)
	for n := range times {
		j.problem("nobody asked for %d replicas", n)
	}
}
