package filebackup

import (
	"context"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/backup"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/podfiles"
	"opsbot/messages"
)

// directory is one that is configured, in a workload that is there.
type directory struct {
	podfiles.Place
	container, path string
}

// chosen is where the files are that the call means, and how many other pods have such a directory.
func (d Deps) chosen(ctx context.Context, call *k8sops.Call, args filesArgs) (files backup.Files, others int, err error) {
	one, err := d.directory(ctx, call, args)
	if err != nil {
		return files, 0, err
	}
	pods, err := one.Running(ctx, call)
	if err != nil {
		return files, 0, err
	}
	pod, err := choosePod(pods, args.Pod)
	if err != nil {
		return files, 0, err
	}
	container, err := d.places().Container(pod, one.container)
	return backup.Files{Workload: one.Kind + "/" + one.Name, Pod: pod.Name, Container: container, Path: one.path}, len(pods) - 1, err
}

// directory is the configured one that the call means. What is not written in the configuration is not read: not a directory beneath
// either, for a link on the way to it could lead anywhere.
func (d Deps) directory(ctx context.Context, call *k8sops.Call, args filesArgs) (directory, error) {
	places, err := d.places().Find(ctx, call)
	if err != nil {
		return directory{}, err
	}
	var all []directory
	for _, p := range places {
		for _, path := range d.Places[p.At].Paths {
			all = append(all, directory{p, d.Places[p.At].Container, path})
		}
	}
	meant := slices.DeleteFunc(slices.Clone(all), func(one directory) bool { return args.Path != "" && one.path != args.Path })
	if len(meant) == 1 {
		return meant[0], nil
	}
	refused := &k8sops.Error{Code: k8sops.CodeInvalid, Message: messages.New("k8sops.backup_files.which_path")}
	for _, one := range all {
		with := maps.Clone(call.Args)
		with["service"], with["path"] = one.Line(), one.path
		refused.Suggest = append(refused.Suggest, k8sops.Canonical(call.Operation, with))
	}
	if args.Path != "" {
		refused.Message = messages.New("k8sops.backup_files.not_configured", "path", messages.Code(args.Path))
	}
	return directory{}, refused
}

// choosePod is the pod of that name; without a name the first that serves, so that two plans are alike.
func choosePod(pods []corev1.Pod, name string) (*corev1.Pod, error) {
	at := slices.IndexFunc(pods, func(p corev1.Pod) bool { return p.Name == name || name == "" && kube.PodReady(&p) })
	if at >= 0 {
		return &pods[at], nil
	}
	var names []string
	for _, p := range pods {
		names = append(names, p.Name)
	}
	if name == "" {
		return nil, &k8sops.Error{Code: k8sops.CodeUnavailable, Message: messages.New("k8sops.backup_files.none_ready", "pods", strings.Join(names, ", "))}
	}
	return nil, k8sops.Invalid(messages.New("k8sops.backup_files.no_pod", "pod", messages.Code(name), "pods", strings.Join(names, ", ")))
}

// offerPaths lists the configured directories of the service of a form.
func (d Deps) offerPaths(ctx context.Context, call *k8sops.Call) ([]k8sops.Choice, error) {
	places, err := d.places().Find(ctx, call)
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, p := range places {
		paths = append(paths, d.Places[p.At].Paths...)
	}
	return k8sops.Choices(paths...), nil
}
