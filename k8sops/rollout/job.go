package rollout

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
	"opsbot/messages"
)

// JobTemplate is what a Job runs. It is stored with the call that runs it, and holds no secret: those are referred to.
type JobTemplate struct {
	Name           string        `json:"name"`
	Image          string        `json:"image"`
	Command        []string      `json:"command,omitempty"`
	Args           []string      `json:"args,omitempty"`
	Env            []JobVariable `json:"env,omitempty"`
	ServiceAccount string        `json:"service_account"`
	// Deadline is how long it may take, the start of its pod included.
	Deadline time.Duration `json:"deadline"`
	// CPU is requested; Memory is requested, and the limit. Empty: neither.
	CPU    string `json:"cpu,omitempty"`
	Memory string `json:"memory,omitempty"`
}

// JobVariable is an environment variable: a value, or a key of a Secret.
type JobVariable struct {
	Name   string `json:"name"`
	Value  string `json:"value,omitempty"`
	Secret string `json:"secret,omitempty"`
	Key    string `json:"key,omitempty"`
}

// jobTTL is how long Kubernetes keeps a Job that is over and that opsbot could not delete.
const jobTTL = time.Hour

// jobOf marks the Jobs of a template.
const jobOf = "opsbot.io/job"

// JobAccess is the access of every operation that runs a Job.
func JobAccess() []k8sops.Access {
	return []k8sops.Access{
		{Verb: "create", Group: "batch", Resource: "jobs"},
		{Verb: "get", Group: "batch", Resource: "jobs"},
		{Verb: "delete", Group: "batch", Resource: "jobs"},
		{Verb: "list", Resource: "pods"},
		{Verb: "get", Resource: "pods", Subresource: "log"},
		{Verb: "list", Resource: "events", Optional: true},
		{Verb: "get", Resource: "persistentvolumeclaims", Optional: true},
		{Verb: "get", Resource: "serviceaccounts", Optional: true},
	}
}

// JobName is the name of a call's Job: the same whenever the call is taken up.
func JobName(call *k8sops.Call, template string) string {
	sum := sha256.Sum256([]byte(call.ID))
	return template + "-" + hex.EncodeToString(sum[:5])
}

// TryJob is a server-side dry run of StartJob, as the asking person: whoever may not create the Job hears it before it is
// confirmed, and so does whoever configured one that Kubernetes does not accept.
func TryJob(ctx context.Context, call *k8sops.Call, t JobTemplate) error {
	job, err := t.job(call)
	if err != nil {
		return err
	}
	_, err = call.Client.Kubernetes.BatchV1().Jobs(call.Namespace).Create(ctx, job, metav1.CreateOptions{
		DryRun: []string{metav1.DryRunAll}, FieldManager: call.FieldManager(), FieldValidation: metav1.FieldValidationStrict,
	})
	if apierrors.IsAlreadyExists(err) {
		err = nil // the call's own
	}
	if err != nil {
		return k8sops.Explain("dry run of job "+job.Name, err)
	}
	return checkServiceAccount(ctx, call, t)
}

// checkServiceAccount refuses an account that does not exist, which Kubernetes says only when it makes the pod. Who may not look
// hears it then.
func checkServiceAccount(ctx context.Context, call *k8sops.Call, t JobTemplate) error {
	_, err := call.Client.Kubernetes.CoreV1().ServiceAccounts(call.Namespace).Get(ctx, t.ServiceAccount, metav1.GetOptions{})
	if !apierrors.IsNotFound(err) {
		return nil
	}
	return &k8sops.Error{
		Code:    k8sops.CodeInvalid,
		Message: messages.New("k8sops.job.no_account", "job", messages.Code(t.Name), "account", messages.Code(t.ServiceAccount), "namespace", messages.Code(call.Namespace)),
		Hint:    messages.New("k8sops.job.no_account_hint"),
		Cause:   err,
	}
}

// StartJob makes the call's Job, unless it is there already: it can be called again.
func StartJob(ctx context.Context, call *k8sops.Call, t JobTemplate) (string, error) {
	job, err := t.job(call)
	if err != nil {
		return "", err
	}
	jobs := call.Client.Kubernetes.BatchV1().Jobs(call.Namespace)
	_, err = jobs.Create(ctx, job, metav1.CreateOptions{FieldManager: call.FieldManager(), FieldValidation: metav1.FieldValidationStrict})
	if !apierrors.IsAlreadyExists(err) {
		return job.Name, k8sops.Explain("create job "+job.Name, err)
	}
	there, err := jobs.Get(ctx, job.Name, metav1.GetOptions{})
	if err != nil {
		return "", k8sops.Explain("get job "+job.Name, err)
	}
	if there.Annotations[k8sops.ExtraCall] != call.ID {
		return "", &k8sops.Error{Code: k8sops.CodeConflict, Message: messages.New("k8sops.job.taken", "name", messages.Code(job.Name))}
	}
	return job.Name, nil
}

// DeleteJob removes a Job with its pods; one that is gone already is no error.
func DeleteJob(ctx context.Context, call *k8sops.Call, name string) error {
	background := metav1.DeletePropagationBackground
	err := call.Client.Kubernetes.BatchV1().Jobs(call.Namespace).Delete(ctx, name, metav1.DeleteOptions{PropagationPolicy: &background})
	if apierrors.IsNotFound(err) {
		return nil
	}
	return k8sops.Explain("delete job "+name, err)
}

// job is the object. One pod, once: what a test found must not be hidden by a second try.
func (t JobTemplate) job(call *k8sops.Call) (*batchv1.Job, error) {
	container, err := t.container()
	if err != nil {
		return nil, fmt.Errorf("job %s: %w", t.Name, err)
	}
	labels := map[string]string{jobOf: t.Name, "app.kubernetes.io/managed-by": "opsbot"}
	retries, one := int32(0), int32(1)
	deadline, ttl := int64(t.Deadline.Seconds()), int32(jobTTL.Seconds())
	return &batchv1.Job{
		ObjectMeta: metav1.ObjectMeta{
			Name: JobName(call, t.Name), Namespace: call.Namespace, Labels: labels,
			Annotations: map[string]string{k8sops.ExtraCall: call.ID, "opsbot.io/requested-by": call.Identity.User},
		},
		Spec: batchv1.JobSpec{
			BackoffLimit: &retries, Completions: &one, Parallelism: &one, ActiveDeadlineSeconds: &deadline, TTLSecondsAfterFinished: &ttl,
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec: corev1.PodSpec{
					ServiceAccountName: t.ServiceAccount, RestartPolicy: corev1.RestartPolicyNever, Containers: []corev1.Container{container},
				},
			},
		},
	}, nil
}

func (t JobTemplate) container() (corev1.Container, error) {
	escalation := false
	c := corev1.Container{
		Name: t.Name, Image: t.Image, Command: t.Command, Args: t.Args,
		SecurityContext: &corev1.SecurityContext{
			AllowPrivilegeEscalation: &escalation, Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
			SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
		},
	}
	for _, v := range t.Env {
		variable := corev1.EnvVar{Name: v.Name, Value: v.Value}
		if v.Secret != "" {
			variable.ValueFrom = &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{
				LocalObjectReference: corev1.LocalObjectReference{Name: v.Secret}, Key: v.Key,
			}}
		}
		c.Env = append(c.Env, variable)
	}
	requests, limits := corev1.ResourceList{}, corev1.ResourceList{}
	if t.CPU != "" {
		q, err := resource.ParseQuantity(t.CPU)
		if err != nil {
			return c, fmt.Errorf("cpu %q: %w", t.CPU, err)
		}
		requests[corev1.ResourceCPU] = q
	}
	if t.Memory != "" {
		q, err := resource.ParseQuantity(t.Memory)
		if err != nil {
			return c, fmt.Errorf("memory %q: %w", t.Memory, err)
		}
		requests[corev1.ResourceMemory], limits[corev1.ResourceMemory] = q, q
	}
	c.Resources = corev1.ResourceRequirements{Requests: requests, Limits: limits}
	return c, nil
}
