package rollout

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
)

// PreviousRevision is what a workload goes back to where no revision is named: the newest one before the running one that has
// another template; a restart is a revision, too, and going back to before it would change nothing. Revisions are oldest first.
//
// left are the numbers of those that the workload has gone back from. A revision that comes back gets a new number, so that by
// number they are the previous ones: going there would bring back what the first rollback took away. They are passed over.
func PreviousRevision(w kube.Workload, revisions []Revision) (previous *Revision, left []int64) {
	number := CurrentRevision(w, revisions)
	at := slices.IndexFunc(revisions, func(r Revision) bool { return r.Number == number })
	for i := len(revisions) - 1; i >= 0; i-- {
		r := &revisions[i]
		switch {
		case r.Number >= number, kube.SameTemplate(r.Template, *w.Template()):
		case at >= 0 && r.isNewerThan(revisions[at]):
			left = append(left, r.Number)
		case previous == nil:
			previous = r
		}
	}
	return previous, left
}

// Has reports whether the revision has this number, or had it before it came back and got a new one.
func (r Revision) Has(number int64) bool {
	return r.Number == number || slices.Contains(r.Earlier, number)
}

// isNewerThan reports whether r was made after other, whatever their numbers are now. The deployment controller notes the earlier
// numbers; the controllers of stateful and daemon sets do not, but leave the time of creation, to the second.
func (r Revision) isNewerThan(other Revision) bool {
	return r.firstNumber() > other.firstNumber() || r.Created.After(other.Created)
}

func (r Revision) firstNumber() int64 {
	if len(r.Earlier) > 0 {
		return r.Earlier[0]
	}
	return r.Number
}

// earlierNumbers reads the deployment controller's note of the numbers that a replica set had: "2,4".
func earlierNumbers(note string) (numbers []int64) {
	for part := range strings.SplitSeq(note, ",") {
		if n, err := strconv.ParseInt(part, 10, 64); err == nil {
			numbers = append(numbers, n)
		}
	}
	return numbers
}

// CanGoBack reports whether a rollback without a revision has somewhere to go. It needs the access of RevisionsOf; who has not got it
// is told no.
func CanGoBack(ctx context.Context, call *k8sops.Call, w kube.Workload) bool {
	if !slices.Contains(kube.RollingKinds(), w.Kind) {
		return false
	}
	revisions, err := RevisionsOf(ctx, call, w)
	if err != nil {
		return false
	}
	previous, _ := PreviousRevision(w, revisions)
	return previous != nil
}
