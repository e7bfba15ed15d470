package certs

import (
	"crypto/x509"
	"time"

	"opsbot/k8sops/certificate"
	"opsbot/messages"
)

// findings are what a person has to know of one certificate.
func (h *held) findings(now time.Time) []messages.Finding {
	if len(h.chain) == 0 {
		return []messages.Finding{{Tone: h.tone, Text: h.problem}}
	}
	var found []messages.Finding
	if f := h.ending(now); f != nil {
		found = append(found, *f)
	}
	found = append(found, h.elsewhere(now)...)
	if h.unasked > 0 {
		found = append(found, messages.Finding{Tone: messages.ToneInfo, Text: messages.New("k8sops.certs.unasked", "secret", messages.Code(h.secret), "count", h.unasked)})
	}
	return found
}

// ending warns 30, 14 and 7 days ahead.
func (h *held) ending(now time.Time) *messages.Finding {
	ends := h.chain.Ends()
	secret, left := messages.Code(h.secret), ends.Sub(now)
	f := &messages.Finding{Tone: messages.ToneWarning, Action: run("certs renew " + h.secret)}
	switch certificate.UrgencyOf(ends, now) {
	case certificate.Expired:
		f.Tone, f.Text = messages.ToneBad, messages.New("k8sops.certs.expired", "secret", secret, "age", -left)
	case certificate.InAWeek:
		f.Tone, f.Text = messages.ToneBad, messages.New("k8sops.certs.in_a_week", "secret", secret, "left", left)
	case certificate.InTwoWeeks:
		f.Text = messages.New("k8sops.certs.in_two_weeks", "secret", secret, "left", left)
	case certificate.InAMonth:
		f.Text = messages.New("k8sops.certs.in_a_month", "secret", secret, "left", left)
	default:
		return nil
	}
	return f
}

// elsewhere names what is served in place of the Secret's certificate.
func (h *held) elsewhere(now time.Time) []messages.Finding {
	var found []messages.Finding
	said := map[string]bool{} // of all pods of a workload at once
	for _, at := range h.stale() {
		place, leaf := h.places[at], h.answers[at].Chain.Leaf()
		if place.workload != "" {
			if said[place.workload] {
				continue
			}
			said[place.workload] = true
		}
		f := messages.Finding{Tone: messages.ToneWarning, Text: h.otherText(place, h.answers[at])}
		if !leaf.NotAfter.After(now) {
			f.Tone = messages.ToneBad
		}
		if place.workload != "" {
			f.Action = run("rollout restart " + place.workload)
		}
		found = append(found, f)
	}
	return found
}

func (h *held) otherText(at place, answer certificate.Answer) messages.Text {
	leaf := answer.Chain.Leaf()
	where, secret, ends := messages.Code(at.what), messages.Code(h.secret), messages.Date(leaf.NotAfter)
	if at.workload == "" {
		return messages.New("k8sops.certs.other", "place", where, "address", at.address, "secret", secret, "subject", certificate.Subject(leaf), "issuer", certificate.Issuer(leaf), "ends", ends)
	}
	pods, of := h.podsOf(at.workload)
	workload := messages.Code(at.workload)
	if leaf.NotAfter.Before(h.chain.Leaf().NotAfter) && sameNames(h.chain, leaf) {
		return messages.New("k8sops.certs.pods_old", "workload", workload, "pods", pods, "of", of, "secret", secret, "ends", ends)
	}
	return messages.New("k8sops.certs.pods_other", "workload", workload, "pods", pods, "of", of, "secret", secret, "subject", certificate.Subject(leaf), "ends", ends)
}

// podsOf counts the pods of a workload that show another certificate, and all that were asked.
func (h *held) podsOf(workload string) (other, all int) {
	asked, stale := map[string]bool{}, map[string]bool{}
	for i, at := range h.places {
		if at.workload != workload {
			continue
		}
		asked[at.what] = true
		if h.answers[i].State == certificate.Shown && !serves(h.answers[i], h.chain) {
			stale[at.what] = true
		}
	}
	return len(stale), len(asked)
}

// sameNames reports whether a certificate is for a name of the Secret's: then it is an earlier one.
func sameNames(chain certificate.Chain, other *x509.Certificate) bool {
	for _, name := range certificate.Names(chain.Leaf()) {
		if certificate.Covers(other, name) {
			return true
		}
	}
	return false
}

func run(line string) *messages.Action {
	return &messages.Action{Name: "run", Label: messages.Literal("/" + line), Value: line}
}
