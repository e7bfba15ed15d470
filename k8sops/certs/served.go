package certs

import (
	"context"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"opsbot/k8sops/certificate"
	"opsbot/messages"
)

// asksAtOnce is how many servers are asked at the same time.
const asksAtOnce = 16

// ask asks every place for its certificate.
func (h *holders) ask(ctx context.Context, dial certificate.Dial) {
	group := errgroup.Group{}
	group.SetLimit(asksAtOnce)
	for _, one := range h.held {
		one.answers = make([]certificate.Answer, len(one.places))
		for i, at := range one.places {
			group.Go(func() error {
				one.answers[i] = certificate.Ask(ctx, dial, at.address, at.host)
				return nil
			})
		}
	}
	_ = group.Wait() // none fails: an answer may be that there is none
	for _, one := range h.held {
		one.leaveOutPlain()
	}
}

// leaveOutPlain forgets the ports that speak no TLS: they were asked on suspicion.
func (h *held) leaveOutPlain() {
	var places []place
	var answers []certificate.Answer
	for i, answer := range h.answers {
		if answer.State != certificate.Plain {
			places, answers = append(places, h.places[i]), append(answers, answer)
		}
	}
	h.places, h.answers = places, answers
}

// serves reports whether a place shows the certificate of the Secret.
func serves(answer certificate.Answer, chain certificate.Chain) bool {
	return answer.State == certificate.Shown && chain.Within(answer.Chain)
}

// tally counts what came of asking.
type tally struct{ same, other, refused, unreachable int }

func (h *held) tally() tally {
	var t tally
	for _, answer := range h.answers {
		switch {
		case serves(answer, h.chain):
			t.same++
		case answer.State == certificate.Shown:
			t.other++
		case answer.State == certificate.Refused:
			t.refused++
		default:
			t.unreachable++
		}
	}
	return t
}

// stale are the places that show another certificate.
func (h *held) stale() []int {
	var at []int
	for i, answer := range h.answers {
		if answer.State == certificate.Shown && !serves(answer, h.chain) {
			at = append(at, i)
		}
	}
	return at
}

// toRestart are the workloads whose pods show another certificate: a program that reads its certificate when it starts has the old one until
// then.
func (h *held) toRestart() []string {
	var lines []string
	for _, at := range h.stale() {
		if line := h.places[at].workload; line != "" {
			lines = append(lines, line)
		}
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}

// staleNames are the places of these, for a sentence.
func (h *held) staleNames() string {
	var names []string
	for _, at := range h.stale() {
		names = append(names, h.places[at].what)
	}
	slices.Sort(names)
	return messages.Clip(strings.Join(slices.Compact(names), ", "), 300)
}
