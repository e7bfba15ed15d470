package workload

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// deployOperation is /deploy (handbook: 更新应用镜像, kubectl set image).
func deployOperation(d kube.Platform) k8sops.Operation {
	o := deploy{d}
	return k8sops.Operation{
		Name:    "deploy",
		Aliases: []string{"set image"},
		Summary: messages.New("k8sops.deploy.summary"),
		Danger:  k8sops.Disruptive,
		Args: []k8sops.Arg{
			{Name: "service", Summary: messages.New("k8sops.arg.service"), Kind: k8sops.KindWorkload, Positional: true, Required: true},
			{Name: "image", Summary: messages.New("k8sops.deploy.arg.image"), Kind: k8sops.KindString, Positional: true, Required: true},
			{Name: "container", Summary: messages.New("k8sops.deploy.arg.container"), Kind: k8sops.KindString},
		},
		Examples: []string{"deploy user user-service:1.1", "deploy user :1.1"},
		Access:   append([]k8sops.Access{{Verb: "patch", Group: "apps", Resource: "deployments"}}, kube.WatchRollouts()...),
		Owners:   []k8sops.Role{k8sops.System, k8sops.Development},
		Plan:     o.plan,
		Run:      o.run,
		Verify:   o.verify,
		Undo:     o.undo,
	}
}

type deploy struct{ kube.Platform }

// State of a deploy's plan, beside statePrevious.
const (
	stateContainer = "container"
	stateImage     = "image"
)

func (o deploy) plan(ctx context.Context, call *k8sops.Call) (*k8sops.Plan, error) {
	d, err := o.Workload(ctx, call, "service")
	if err != nil {
		return nil, err
	}
	container, err := chooseContainer(call, d)
	if err != nil {
		return nil, err
	}
	image, err := newImage(call.Args["image"], container.Image)
	if err != nil {
		return nil, err
	}
	plan := &k8sops.Plan{Danger: k8sops.Disruptive, State: map[string]string{
		stateContainer: container.Name, stateImage: image, k8sops.StatePrevious: strconv.FormatInt(kube.CurrentRevision(d), 10),
	}}
	if image == container.Image {
		plan.NoOp = true
		plan.Summary = messages.New("k8sops.deploy.nothing", "workload", messages.Code(d.Name), "image", messages.Code(image))
		return plan, nil
	}
	plan.Summary = messages.New("k8sops.deploy.plan", "workload", messages.Code(d.Name),
		"from", messages.Code(container.Image), "to", messages.Code(image))
	if tag := tagOf(image); tag == "" || tag == "latest" {
		plan.Warning = append(plan.Warning, messages.New("k8sops.deploy.latest"))
	}
	planned, err := patchImage(ctx, call, d, plan, metav1.DryRunAll)
	if err != nil {
		return nil, k8sops.Explain("dry run of deploy "+d.Name, err)
	}
	return plan, o.ShowTemplate(plan, d, planned)
}

func (o deploy) run(ctx context.Context, call *k8sops.Call, plan *k8sops.Plan, progress k8sops.Progress) (*k8sops.Result, error) {
	target := plan.Targets[0]
	progress.Report(0, 1, messages.New("k8sops.deploy.running", "workload", messages.Code(target.Name), "image", messages.Code(plan.State[stateImage])))
	err := kube.OnUnchanged(ctx, call, target, func(d *appsv1.Deployment) error {
		_, err := patchImage(ctx, call, d, plan)
		return err
	})
	if err != nil {
		return nil, k8sops.Explain("deploy "+target.Name, err)
	}
	return &k8sops.Result{Card: messages.Card{Tone: messages.ToneRunning, Title: plan.Summary, Sections: k8sops.ChangeTable(plan.Changes)}}, nil
}

// verify watches the rollout; one that fails offers the rollback.
func (o deploy) verify(ctx context.Context, call *k8sops.Call, plan *k8sops.Plan, progress k8sops.Progress) (*k8sops.Verification, error) {
	goal := kube.TemplateGoal(plan, func(string) string { return RollbackLine(plan) })
	return o.AwaitRollout(ctx, call, goal, progress)
}

func (o deploy) undo(_ *k8sops.Call, plan *k8sops.Plan) string { return RollbackLine(plan) }

func patchImage(ctx context.Context, call *k8sops.Call, d *appsv1.Deployment, plan *k8sops.Plan, dryRun ...string) (*appsv1.Deployment, error) {
	patch, err := json.Marshal(map[string]any{"spec": map[string]any{"template": map[string]any{"spec": map[string]any{
		"containers": []map[string]string{{"name": plan.State[stateContainer], "image": plan.State[stateImage]}},
	}}}})
	if err != nil {
		return nil, fmt.Errorf("set image of %s: %w", d.Name, err)
	}
	return patchTemplate(ctx, call, d, patch, dryRun...)
}

// chooseContainer is the container asked for, else the one named as the deployment, else the only one.
func chooseContainer(call *k8sops.Call, d *appsv1.Deployment) (*corev1.Container, error) {
	wanted := call.Args["container"]
	containers := d.Spec.Template.Spec.Containers
	var names []string
	for i := range containers {
		c := &containers[i]
		if c.Name == wanted || wanted == "" && (c.Name == d.Name || len(containers) == 1) {
			return c, nil
		}
		names = append(names, c.Name)
	}
	return nil, &k8sops.Error{
		Code: k8sops.CodeInvalid,
		Message: messages.New("k8sops.deploy.which_container", "workload", messages.Code(d.Name),
			"containers", strings.Join(names, ", ")),
		Suggest: kube.WithArg(call, "container", names[:min(k8sops.MaxSuggestions, len(names))]),
	}
}

// newImage understands a whole reference, or ":1.1" and "1.1" for another tag of the same image.
func newImage(typed, current string) (string, error) {
	image := typed
	switch {
	case strings.HasPrefix(typed, ":"):
		image = repositoryOf(current) + typed
	case regexp.MustCompile(`^v?\d[\w.-]*$`).MatchString(typed):
		image = repositoryOf(current) + ":" + typed
	}
	reference := regexp.MustCompile(`^[a-z0-9]+([._:-][a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*(:\w[\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$`)
	if len(image) > 512 || !reference.MatchString(image) {
		return "", &k8sops.Error{Code: k8sops.CodeInvalid, Message: messages.New("k8sops.deploy.bad_image", "image", messages.Code(typed))}
	}
	return image, nil
}

// repositoryOf is an image reference without tag and digest.
func repositoryOf(image string) string {
	image, _, _ = strings.Cut(image, "@")
	if tag := tagOf(image); tag != "" {
		return strings.TrimSuffix(image, ":"+tag)
	}
	return image
}

// tagOf is an image reference's tag, or its digest, "" for none. A colon before the last slash belongs to a port.
func tagOf(image string) string {
	image, digest, _ := strings.Cut(image, "@")
	if digest != "" {
		return digest
	}
	name := image[strings.LastIndex(image, "/")+1:]
	_, tag, _ := strings.Cut(name, ":")
	return tag
}
