package logfiles

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/podfiles"
)

// podFiles are the files that go from one container, and what became of them.
type podFiles struct {
	Namespace string   `json:"namespace"`
	Pod       string   `json:"pod"`
	Container string   `json:"container"`
	Paths     []string `json:"paths"`
	Logrotate string   `json:"logrotate,omitempty"`
	Files     []file   `json:"files,omitempty"`
	Open      int      `json:"open,omitempty"` // that are old, and left because a program has them open
	OpenKnown bool     `json:"open_known"`
	Odd       int      `json:"odd,omitempty"` // whose names cannot be told for certain
	// Left are those of Files that are there still, as far as is known.
	Left []file `json:"left,omitempty"`
}

type file struct {
	Path  string `json:"path"`
	Bytes int64  `json:"bytes"`
}

type sum struct {
	files int
	bytes int64
}

func sumOf(files []file) (s sum) {
	for _, f := range files {
		s.files, s.bytes = s.files+1, s.bytes+f.Bytes
	}
	return s
}

// freed is what went from pods that were seen to.
func freed(pods []podFiles) (all sum) {
	for _, p := range pods {
		planned, left := sumOf(p.Files), sumOf(p.Left)
		all.files, all.bytes = all.files+planned.files-left.files, all.bytes+planned.bytes-left.bytes
	}
	return all
}

func (s cleanState) total() (all sum) {
	for _, p := range s.Pods {
		one := sumOf(p.Files)
		all.files, all.bytes = all.files+one.files, all.bytes+one.bytes
	}
	return all
}

// places are where the configuration says that log files are.
func (d Deps) places() podfiles.Places {
	p := podfiles.Places{Platform: d.Platform, Setting: "logs.clean", Arg: "service"}
	for _, place := range d.Places {
		p.Workloads = append(p.Workloads, place.Workload)
	}
	return p
}

// pods are the running pods of a place.
func (d Deps) pods(ctx context.Context, call *k8sops.Call, p podfiles.Place) (all []podFiles, err error) {
	pods, err := p.Running(ctx, call)
	if err != nil {
		return nil, err
	}
	place := d.Places[p.At]
	for i := range pods {
		container, err := d.places().Container(&pods[i], place.Container)
		if err != nil {
			return nil, err
		}
		all = append(all, podFiles{Namespace: pods[i].Namespace, Pod: pods[i].Name, Container: container, Paths: place.Paths, Logrotate: place.Logrotate})
	}
	return all, nil
}

// maxFiles of one pod are removed at once; what is more goes the next time.
const maxFiles = 2000

// find lists what is older, without what is open.
func (p *podFiles) find(ctx context.Context, call *k8sops.Call, minutes int) error {
	files, odd, err := p.list(ctx, call, p.older(minutes))
	if err != nil {
		return err
	}
	open, known := p.opened(ctx, call)
	p.Odd, p.OpenKnown = odd, known
	for _, f := range files {
		switch {
		case open[f.Path]:
			p.Open++
		case len(p.Files) < maxFiles:
			p.Files = append(p.Files, f)
		}
	}
	return nil
}

// list runs a find that begins so. It stays in the configured directories and on their file systems, and follows no symbolic link.
func (p *podFiles) list(ctx context.Context, call *k8sops.Call, find []string) (files []file, odd int, err error) {
	out, err := p.exec(ctx, call, append(find, "-exec", "stat", "-c", "%s %n", "{}", "+"))
	if err != nil {
		return nil, 0, kube.ExplainExec("list log files of "+p.Pod, err)
	}
	for line := range strings.Lines(out) {
		f, ok := p.parse(strings.TrimSuffix(line, "\n"))
		if !ok {
			odd++
			continue
		}
		files = append(files, f)
	}
	slices.SortFunc(files, func(a, b file) int { return strings.Compare(a.Path, b.Path) })
	return files, odd, nil
}

// all begins every command that lists or removes. A name with a line break would look like two in the listing, so it is left alone.
func (p *podFiles) all() []string {
	return slices.Concat([]string{"find"}, p.Paths, []string{"-xdev", "-type", "f", "!", "-path", "*\n*"})
}

func (p *podFiles) older(minutes int) []string {
	return append(p.all(), "-mmin", "+"+strconv.Itoa(minutes))
}

// parse reads "1024 /var/log/app/old.log".
func (p *podFiles) parse(line string) (file, bool) {
	size, path, _ := strings.Cut(line, " ")
	n, err := strconv.ParseInt(size, 10, 64)
	inside := slices.ContainsFunc(p.Paths, func(root string) bool { return strings.HasPrefix(path, root+"/") })
	if err != nil || !inside || strings.ContainsFunc(path, unicode.IsControl) || strings.ContainsRune(path, unicode.ReplacementChar) {
		return file{}, false
	}
	return file{path, n}, true
}

// opened are the files that programs of the container have open, as far as /proc tells; it is not known where not even the descriptors
// of the container's first program may be read.
func (p *podFiles) opened(ctx context.Context, call *k8sops.Call) (open map[string]bool, known bool) {
	// Programs end while they are looked at: find's complaints about that are none.
	out, _ := p.exec(ctx, call, []string{"find", "/proc", "-maxdepth", "3", "-path", "/proc/[0-9]*/fd/*", "-exec", "ls", "-l", "{}", "+"})
	open = map[string]bool{}
	for line := range strings.Lines(out) {
		descriptor, target, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " -> ")
		known = known || strings.Contains(descriptor, " /proc/1/fd/")
		open[target] = true
	}
	return open, known
}

var errTooMuch = errors.New("more than 8 MiB of output")

// bounded keeps no more than it may.
type bounded struct{ bytes.Buffer }

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > 8<<20 {
		return 0, errTooMuch
	}
	return b.Buffer.Write(p)
}

func (p *podFiles) exec(ctx context.Context, call *k8sops.Call, args []string) (string, error) {
	var out bounded
	err := call.Client.Executor().Exec(ctx, k8sops.Command{Namespace: p.Namespace, Pod: p.Pod, Container: p.Container, Args: args, Stdout: &out})
	return out.String(), err
}
