package logfiles

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// atOnce is how many files one command removes.
const atOnce = 50

// remove removes what was planned, pod after pod. When it is done again, what is gone already is no matter.
func (c clean) remove(ctx context.Context, r *cleanRun) error {
	if !r.Resumed {
		if err := kube.CheckTargets(ctx, r.Call, r.Plan); err != nil {
			return err
		}
	}
	for i := range r.State.Pods {
		pod := &r.State.Pods[i]
		r.Progress.Report(i, len(r.State.Pods), messages.New("k8sops.logs_clean.running", "pod", messages.Code(pod.Pod)))
		if err := pod.remove(ctx, r.Call, r.State.Minutes); err != nil {
			return halfway(r.State.Pods[:i+1], err)
		}
	}
	return nil
}

// halfway says what was removed before err, which came from the last of the pods.
func halfway(pods []podFiles, err error) error {
	e, ok := errors.AsType[*k8sops.Error](err)
	gone, last := freed(pods), len(pods)-1
	if !ok || gone.files == 0 && last == 0 {
		return err
	}
	var done []string
	for _, p := range pods[:last] {
		done = append(done, p.Pod)
	}
	return &k8sops.Error{
		Code: e.Code, Hint: e.Hint, Cause: err,
		Message: messages.New("k8sops.logs_clean.halfway", "reason", e.Message, "pod", messages.Code(pods[last].Pod), "count", gone.files,
			"size", messages.Bytes(gone.bytes), "done", cmp.Or(strings.Join(done, ", "), "–")),
	}
}

// remove removes the files, and looks what is left of them also where that failed.
func (p *podFiles) remove(ctx context.Context, call *k8sops.Call, minutes int) error {
	p.Left = p.Files // until it is known better
	err := p.removeAndRotate(ctx, call, minutes)
	return cmp.Or(err, p.look(ctx, call))
}

func (p *podFiles) removeAndRotate(ctx context.Context, call *k8sops.Call, minutes int) error {
	open, _ := p.opened(ctx, call)
	rest := slices.DeleteFunc(slices.Clone(p.Files), func(f file) bool { return open[f.Path] })
	for batch := range slices.Chunk(rest, atOnce) {
		if _, err := p.exec(ctx, call, p.deletion(batch, minutes)); err != nil {
			return kube.ExplainExec("remove log files of "+p.Pod, err)
		}
	}
	if p.Logrotate != "" {
		if _, err := p.exec(ctx, call, []string{"logrotate", p.Logrotate}); err != nil {
			return kube.ExplainExec("run logrotate in "+p.Pod, err)
		}
	}
	return nil
}

// deletion walks to the files as the listing did, so that a file that has been written to since, or a directory that has become a
// symbolic link, is left alone.
func (p *podFiles) deletion(batch []file, minutes int) []string {
	literal := strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`)
	args := append(p.older(minutes), "(")
	for i, f := range batch {
		if i > 0 {
			args = append(args, "-o")
		}
		args = append(args, "-path", literal.Replace(f.Path))
	}
	return append(args, ")", "-delete")
}

// look says which of the planned files are there still, also those that are no longer old.
func (p *podFiles) look(ctx context.Context, call *k8sops.Call) error {
	there, _, err := p.list(ctx, call, p.all())
	if err != nil {
		return err
	}
	p.Left = nil
	for _, f := range there {
		if slices.ContainsFunc(p.Files, func(planned file) bool { return planned.Path == f.Path }) {
			p.Left = append(p.Left, f)
		}
	}
	return nil
}

// verify lists again.
func (c clean) verify(ctx context.Context, r *cleanRun) (*k8sops.Verification, error) {
	var left sum
	for i := range r.State.Pods {
		pod := &r.State.Pods[i]
		if err := pod.look(ctx, r.Call); err != nil {
			return nil, err
		}
		left.files += len(pod.Left)
	}
	if left.files > 0 {
		return &k8sops.Verification{Summary: messages.New("k8sops.logs_clean.left", "count", left.files)}, nil
	}
	return &k8sops.Verification{OK: true, Summary: messages.New("k8sops.logs_clean.gone")}, nil
}

func report(r *cleanRun) *k8sops.Result {
	gone := freed(r.State.Pods)
	result := k8sops.PlanResult(r.Plan)
	result.Card.Title = messages.New("k8sops.logs_clean.freed", "count", gone.files, "size", messages.Bytes(gone.bytes), "pods", len(r.State.Pods))
	return result
}
