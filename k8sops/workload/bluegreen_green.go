package workload

import (
	"context"
	"maps"

	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/rollout"
	"opsbot/messages"
)

// callAnnotation of a green Deployment is the call that made it, so that a step that is done again knows its own.
const callAnnotation = "opsbot.io/call"

// greenOf is blue's twin: the same template but for the image and the version, and as many pods as blue has now.
func greenOf(blue kube.Workload, state prepareState, call string) *appsv1.Deployment {
	t, from := state.Track, blue.Deployment()
	green := &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{
			Name: t.Green, Namespace: from.Namespace, Labels: withVersion(maps.Clone(orEmpty(from.Labels)), t.GreenVersion),
			Annotations: map[string]string{blueAnnotation: t.Blue, callAnnotation: call},
		},
		Spec: *from.Spec.DeepCopy(),
	}
	replicas := int32(blue.Replicas()) //nolint:gosec // a count of pods
	green.Spec.Replicas = &replicas
	green.Spec.Selector.MatchLabels = withVersion(orEmpty(green.Spec.Selector.MatchLabels), t.GreenVersion)
	green.Spec.Template.Labels = withVersion(orEmpty(green.Spec.Template.Labels), t.GreenVersion)
	containers := green.Spec.Template.Spec.Containers
	containers[indexOf(containers, state.Container)].Image = state.Image
	return green
}

func orEmpty(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}

// create makes the green Deployment. One of that name that the same call has made is it.
func (o blueGreenPrepare) create(ctx context.Context, call *k8sops.Call, blue kube.Workload, state prepareState, dryRun ...string) (kube.Workload, error) {
	api := call.Client.Kubernetes.AppsV1().Deployments(call.Namespace)
	made, err := api.Create(ctx, greenOf(blue, state, call.ID), metav1.CreateOptions{DryRun: dryRun, FieldManager: call.FieldManager()})
	if !apierrors.IsAlreadyExists(err) {
		return kube.WorkloadOf(made), err
	}
	there, err := deployment(ctx, call, state.Track.Green)
	if err == nil && there.GetAnnotations()[callAnnotation] != call.ID {
		err = &k8sops.Error{Code: k8sops.CodeConflict, Message: messages.New("k8sops.bluegreen.name_taken", "green", messages.Code(state.Track.Green))}
	}
	return there, err
}

// removeGreen deletes the green Deployment, if it is the track's, and waits until its pods are gone. One that is gone is removed.
func (b blueGreen) removeGreen(ctx context.Context, call *k8sops.Call, t track, p k8sops.Progress) error {
	there, err := deployment(ctx, call, t.Green)
	if k8sops.CodeOf(err) == k8sops.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if there.GetAnnotations()[blueAnnotation] != t.Blue {
		return &k8sops.Error{Code: k8sops.CodeConflict, Message: messages.New("k8sops.bluegreen.name_taken", "green", messages.Code(t.Green))}
	}
	uid, foreground := there.GetUID(), metav1.DeletePropagationForeground
	err = call.Client.Kubernetes.AppsV1().Deployments(call.Namespace).Delete(ctx, t.Green,
		metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &uid}, PropagationPolicy: &foreground})
	if err != nil && !apierrors.IsNotFound(err) {
		return k8sops.Explain("delete "+t.Green, err)
	}
	for deadline := b.Now().Add(b.RolloutTimeout); ; {
		_, err := deployment(ctx, call, t.Green)
		if k8sops.CodeOf(err) == k8sops.CodeNotFound {
			return nil
		}
		if err != nil {
			return err
		}
		if b.Now().After(deadline) {
			return &k8sops.Error{Code: k8sops.CodeFailed, Message: messages.New("k8sops.bluegreen.stays", "green", messages.Code(t.Green), "after", b.RolloutTimeout)}
		}
		p.Report(0, 0, messages.New("k8sops.bluegreen.removing", "green", messages.Code(t.Green)))
		if err := rollout.Sleep(ctx, b.Poll); err != nil {
			return k8sops.Explain("wait until "+t.Green+" is gone", err)
		}
	}
}

// mustRollOut waits for a rollout that the next step needs.
func (b blueGreen) mustRollOut(ctx context.Context, call *k8sops.Call, target k8sops.Target, p k8sops.Progress) error {
	verdict, err := rollout.Await(ctx, b.Platform, call, rollout.Goal{Targets: []k8sops.Target{target}}, p)
	if err == nil && !verdict.OK {
		err = &k8sops.Error{Code: k8sops.CodeFailed, Message: verdict.Summary, Suggest: verdict.Suggest}
	}
	return err
}
