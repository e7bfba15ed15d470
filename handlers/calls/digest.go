package calls

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"opsbot/k8sops"
)

// Digest binds a decision to the exact call: who asked for what, where, with which inputs, what the plan says about the state of
// the targets, and the plan's own state, which the steps work from. Target.ResourceVersion is left out on purpose, its Fingerprint is in: see Target.
func Digest(r Record) string {
	plan := *r.Plan
	targets := make([]k8sops.Target, len(plan.Targets))
	for i, t := range plan.Targets {
		t.ResourceVersion = ""
		targets[i] = t
	}
	args := r.Args
	if args == nil { // none are stored as nothing
		args = k8sops.Args{}
	}
	// Encoding structs of strings, numbers and string-keyed maps cannot fail, and is in a fixed order.
	data, _ := json.Marshal([]any{r.Operation, args, r.Cluster, r.Namespace, r.Identity.User, r.Identity.Groups,
		plan.Danger, plan.Summary, plan.Warning, plan.Changes, plan.Diff, targets, plan.State})
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// decisionValue is the value of a plan's buttons. It carries the digest of the plan that the button stands under: the
// message may have been edited to another plan while the press was on its way.
func decisionValue(r Record) string { return r.ID + "/" + r.Digest }

// ParseDecision takes the value of a decision apart.
func ParseDecision(value string) (call, digest string) {
	call, digest, _ = strings.Cut(value, "/")
	return call, digest
}
