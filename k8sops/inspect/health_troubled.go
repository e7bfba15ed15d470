package inspect

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/stream"
)

// Most pods of a large namespace are plainly well, and a row of kubectl's table says so. Only the others are read whole: a list for each
// workload that lacks pods, the rest one by one, and everything where that would be too many requests.
const (
	mostLists = 50
	mostPods  = 100
	podsAside = 8 // requests at the same time
)

// gatherPods counts all pods and reads those that may be in trouble.
func gatherPods(ctx context.Context, call *k8sops.Call, s *snapshot) error {
	if s.service != nil || call.Client.Config == nil { // one service's pods are few, and a fake API server makes no tables
		return s.readPods(ctx, call, stream.Listing{LabelSelector: selectorOf(s.service)}, nil)
	}
	unclear, err := s.countRows(ctx, call)
	switch {
	case errors.Is(err, stream.ErrNoColumn):
		s.podsReady, s.podsTotal = 0, 0
		return s.readPods(ctx, call, stream.Listing{}, nil)
	case err != nil:
		return err
	}
	return s.readUnclear(ctx, call, unclear)
}

// selectorOf selects a service's pods, all where it has no selector of its own.
func selectorOf(w *kube.Workload) string {
	if w == nil || w.Selector() == nil {
		return ""
	}
	return metav1.FormatLabelSelector(w.Selector())
}

// countRows counts the pods that are plainly well, and gives the names of the others.
func (s *snapshot) countRows(ctx context.Context, call *k8sops.Call) (unclear map[string]bool, err error) {
	unclear = map[string]bool{}
	columns := []string{"Name", "Ready", "Status", "Restarts", "Readiness Gates"}
	err = stream.Rows(ctx, call.Client, stream.Listing{Resource: "pods", Namespace: call.Namespace}, columns, func(cells []string) {
		switch name, row := cells[0], cells[1:]; {
		case row[1] == "Completed":
			s.podsTotal++
		case plainlyWell(row):
			s.podsTotal++
			s.podsReady++
		default:
			unclear[name] = true
		}
	})
	return unclear, err
}

// plainlyWell reports whether a row leaves no question: Ready 1/1, Running, 0 restarts or few, no readiness gates or 1/1.
func plainlyWell(row []string) bool {
	restarts, _, _ := strings.Cut(row[2], " ") // "3 (2m ago)"
	n, err := strconv.Atoi(restarts)
	return whole(row[0]) && row[1] == "Running" && err == nil && n <= maxRestarts && (row[3] == "<none>" || whole(row[3]))
}

// whole reports whether of n/m, n is m and there are any.
func whole(cell string) bool {
	part, all, found := strings.Cut(cell, "/")
	return found && part == all && part != "0"
}

// readUnclear reads the pods of these names, once it is known which workloads lack some.
func (s *snapshot) readUnclear(ctx context.Context, call *k8sops.Call, unclear map[string]bool) error {
	if len(unclear) == 0 {
		return nil
	}
	select {
	case <-s.listed:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	var selectors []string
	for _, w := range s.workloads {
		if counts := w.Counts(); counts.Available < max(counts.Desired, counts.Current) && selectorOf(&w) != "" {
			selectors = append(selectors, selectorOf(&w))
		}
	}
	if len(selectors) > mostLists {
		return s.readPods(ctx, call, stream.Listing{}, unclear)
	}
	for _, selector := range selectors {
		if err := s.readPods(ctx, call, stream.Listing{LabelSelector: selector}, unclear); err != nil {
			return err
		}
	}
	if len(unclear) > mostPods {
		return s.readPods(ctx, call, stream.Listing{}, unclear)
	}
	return s.readByName(ctx, call, slices.Collect(maps.Keys(unclear)))
}

// readByName asks for a list of one pod each, which the right to list allows. A pod that is gone is missing from the count, too.
func (s *snapshot) readByName(ctx context.Context, call *k8sops.Call, names []string) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(podsAside)
	var mu sync.Mutex
	for _, name := range names {
		group.Go(func() error {
			return eachPod(ctx, call, stream.Listing{FieldSelector: "metadata.name=" + name}, func(pod *corev1.Pod) {
				mu.Lock()
				defer mu.Unlock()
				s.add(podStateOf(pod))
			})
		})
	}
	return group.Wait()
}

// readPods reads pods whole: of wanted, from which it takes them, or all where that is nil.
func (s *snapshot) readPods(ctx context.Context, call *k8sops.Call, l stream.Listing, wanted map[string]bool) error {
	return eachPod(ctx, call, l, func(pod *corev1.Pod) {
		p := podStateOf(pod)
		if wanted != nil && !wanted[p.name] || !s.concerns(p.workload) {
			return
		}
		delete(wanted, p.name)
		s.add(p)
	})
}

func (s *snapshot) add(p podState) {
	s.pods = append(s.pods, p)
	s.podsTotal++
	if p.ready {
		s.podsReady++
	}
}
