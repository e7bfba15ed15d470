package workload

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"opsbot/internal/nearest"
	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// chooseContainer is the container asked for; else the one that the pod template names as its default, the one named like the workload, or
// the only one. It is never guessed from the order.
func chooseContainer(call *k8sops.Call, w kube.Workload, asked string) (*corev1.Container, error) {
	template := w.Template()
	containers := template.Spec.Containers
	candidates := []string{asked}
	if asked == "" {
		candidates = []string{template.Annotations[kube.DefaultContainerAnnotation], w.Name}
	}
	for _, name := range candidates {
		if i := indexOf(containers, name); i >= 0 {
			return &containers[i], nil
		}
	}
	if asked == "" && len(containers) == 1 {
		return &containers[0], nil
	}
	return nil, noContainer(call, w, asked)
}

func indexOf(containers []corev1.Container, name string) int {
	return slices.IndexFunc(containers, func(c corev1.Container) bool { return c.Name == name })
}

// noContainer says which containers there are, and of one that is there but is no service's what it is.
func noContainer(call *k8sops.Call, w kube.Workload, asked string) error {
	var names []string
	for _, c := range w.Template().Spec.Containers {
		names = append(names, c.Name)
	}
	args := []any{"workload", messages.Code(w.Name), "containers", strings.Join(names, ", ")}
	message := messages.New("k8sops.deploy.which_container", args...)
	switch {
	case asked == "":
	case indexOf(w.Template().Spec.InitContainers, asked) >= 0:
		message = messages.New("k8sops.deploy.init_container", append(args, "container", messages.Code(asked))...)
	default:
		message = messages.New("k8sops.deploy.no_container", append(args, "container", messages.Code(asked))...)
	}
	return &k8sops.Error{Code: k8sops.CodeInvalid, Message: message, Suggest: kube.WithArg(call, "container", names[:min(nearest.Max, len(names))])}
}
