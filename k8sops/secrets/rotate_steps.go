package secrets

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"opsbot/internal/nearest"
	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/postgres"
	"opsbot/k8sops/rollout"
	"opsbot/messages"
)

// keep puts both values where they are safe: from here on a stop loses nothing.
func (o rotate) keep(ctx context.Context, r *rotateRun) error {
	r.Progress.Report(0, len(o.spec().Steps), messages.New("k8sops.secret.keeping", "secret", messages.Code(r.State.Kept)))
	if _, err := kept(ctx, r.Call, r.State.Kept); k8sops.CodeOf(err) != k8sops.CodeNotFound {
		return err // done by an earlier try, whose value may be in the database already
	}
	if err := kube.CheckTargets(ctx, r.Call, r.Plan); err != nil {
		return err
	}
	s, err := r.Client.Kubernetes.CoreV1().Secrets(r.Namespace).Get(ctx, r.State.Secret, metav1.GetOptions{})
	if err != nil {
		return k8sops.Explain("get secret "+r.State.Secret, err)
	}
	newValue, err := o.newValue(ctx, r)
	if err != nil {
		return err
	}
	if err := keep(ctx, r.Call, r.State, string(s.Data[r.State.Key]), newValue); err != nil {
		return err
	}
	return forget(ctx, r.Call, r.State)
}

// newValue is what was typed, what an earlier rotation replaced, or a new password.
func (o rotate) newValue(ctx context.Context, r *rotateRun) (string, error) {
	switch {
	case r.State.From != "":
		from, err := kept(ctx, r.Call, r.State.From)
		if err != nil {
			return "", err
		}
		return string(from.Data[previous]), nil
	case r.Args.Value.Given:
		return r.Args.Value.Reveal()
	}
	return generated(), nil
}

// values are those that the first step has kept.
func (o rotate) values(ctx context.Context, r *rotateRun) (oldValue, newValue string, err error) {
	s, err := kept(ctx, r.Call, r.State.Kept)
	if err != nil {
		return "", "", err
	}
	return string(s.Data[previous]), string(s.Data[next]), nil
}

// setRole gives the role its password. From here until they are restarted, services make no new connections: the next steps are quick.
func (o rotate) setRole(ctx context.Context, r *rotateRun) error {
	if r.State.Role == "" {
		return nil
	}
	r.Progress.Report(1, len(o.spec().Steps), messages.New("k8sops.secret.setting_role", "role", messages.Code(r.State.Role)))
	_, newValue, err := o.values(ctx, r)
	if err != nil {
		return err
	}
	server, err := postgres.Of(ctx, o.Platform, r.Call)
	if err != nil {
		return err
	}
	return server.SetPassword(ctx, r.State.Role, newValue)
}

// setSecret changes the keys, those of one Secret at once.
func (o rotate) setSecret(ctx context.Context, r *rotateRun) error {
	r.Progress.Report(2, len(o.spec().Steps), messages.New("k8sops.secret.setting", "keys", refs(r.State.Changes)))
	oldValue, newValue, err := o.values(ctx, r)
	if err != nil {
		return err
	}
	for _, target := range r.Plan.Targets {
		if target.Kind != kube.Secret {
			continue
		}
		done := func(s *corev1.Secret) bool { return len(r.State.data(s, oldValue, newValue)) == 0 }
		err := kube.OnUnchangedObject(ctx, r.Call, target, done, func(s *corev1.Secret) error {
			return patchSecret(ctx, r.Call, s, r.State.data(s, oldValue, newValue))
		})
		if err != nil {
			return o.halfway(r, k8sops.Explain("change secret "+target.Name, k8sops.WithoutValues(err, oldValue, newValue)))
		}
	}
	return nil
}

// halfway offers the way back beside an error after which the database may have the new password already.
func (o rotate) halfway(r *rotateRun, err error) error {
	e, ok := errors.AsType[*k8sops.Error](err)
	if !ok {
		return err
	}
	said := *e
	said.Undo = o.back(r)
	return &said
}

// data are the keys of a Secret that still have the old password, with what becomes of them.
func (s *rotateState) data(secret *corev1.Secret, oldValue, newValue string) map[string][]byte {
	data := map[string][]byte{}
	for i, c := range s.Changes {
		if c.Secret != secret.Name {
			continue
		}
		value := string(secret.Data[c.Key])
		switch changed, ok := derived(c.Key, value, oldValue, newValue); {
		case i == 0 && value == oldValue: // whatever the key is called
			data[c.Key] = []byte(newValue)
		case ok:
			data[c.Key] = []byte(changed)
		}
	}
	return data
}

func patchSecret(ctx context.Context, call *k8sops.Call, s *corev1.Secret, data map[string][]byte, dryRun ...string) error {
	patch, err := json.Marshal(map[string]any{"data": data, "metadata": map[string]any{"resourceVersion": kube.PinnedVersion(s, dryRun)}})
	if err != nil {
		return fmt.Errorf("change secret %s: %w", s.Name, err)
	}
	_, err = call.Client.Kubernetes.CoreV1().Secrets(call.Namespace).Patch(ctx, s.Name, types.MergePatchType, patch,
		metav1.PatchOptions{DryRun: dryRun, FieldManager: call.FieldManager()})
	return err
}

// restart restarts what reads the Secrets, except what was restarted since the call began.
func (o rotate) restart(ctx context.Context, r *rotateRun) error {
	r.State.Running = nil
	for _, target := range r.State.Restart {
		r.Progress.Report(3, len(o.spec().Steps), messages.New("k8sops.secret.restarting", "workload", messages.Code(target.Name)))
		object, err := kube.Get(ctx, r.Call, target)
		if err != nil {
			return o.halfway(r, k8sops.Explain("get "+target.Name, err))
		}
		w := kube.WorkloadOf(object)
		switch err := kube.RestartOnce(ctx, r.Call, w, r.Started); {
		case k8sops.CodeOf(err) == k8sops.CodeForbidden:
			r.State.Running, r.State.Refusal = append(r.State.Running, w.Line()), k8sops.WhyNot(err)
		case err != nil:
			return o.halfway(r, err)
		}
	}
	return nil
}

// verify waits for the services, and then logs in: the new password opens the database and the old one does not.
func (o rotate) verify(ctx context.Context, r *rotateRun) (*k8sops.Verification, error) {
	if len(r.State.Running) > 0 {
		return &k8sops.Verification{Summary: messages.New("k8sops.secret.not_restarted", "services", strings.Join(r.State.Running, ", "), "reason", r.State.Refusal),
			Suggest: restartLines(r.State.Running)}, nil
	}
	if len(r.State.Restart) > 0 {
		verdict, err := rollout.Await(ctx, o.Platform, r.Call, rollout.Goal{Targets: r.State.Restart}, r.Progress)
		if err != nil || !verdict.OK {
			return verdict, err
		}
	}
	if r.State.Role == "" || r.State.Host == "" {
		return &k8sops.Verification{OK: true, Summary: messages.New("k8sops.secret.changed", "services", len(r.State.Restart))}, nil
	}
	return o.proof(ctx, r)
}

func restartLines(services []string) []string {
	lines := make([]string, len(services))
	for i, name := range services {
		lines[i] = "rollout restart " + name
	}
	return lines[:min(len(lines), nearest.Max)]
}

func (o rotate) proof(ctx context.Context, r *rotateRun) (*k8sops.Verification, error) {
	oldValue, newValue, err := o.values(ctx, r)
	if err != nil {
		return nil, err
	}
	server, err := postgres.Of(ctx, o.Platform, r.Call)
	if err != nil {
		return nil, err
	}
	role := messages.Code(r.State.Role)
	in, err := server.LogsIn(ctx, r.State.Host, o.Database.Name, r.State.Role, newValue)
	if err != nil || !in {
		return &k8sops.Verification{Summary: messages.New("k8sops.secret.refused", "role", role)}, err
	}
	in, err = server.LogsIn(ctx, r.State.Host, o.Database.Name, r.State.Role, oldValue)
	if err != nil || in {
		return &k8sops.Verification{Summary: messages.New("k8sops.secret.old_opens", "role", role)}, err
	}
	return &k8sops.Verification{OK: true, Summary: messages.New("k8sops.secret.proven", "role", role, "services", len(r.State.Restart))}, nil
}

func (o rotate) report(r *rotateRun) *k8sops.Result {
	card := messages.Card{Tone: messages.ToneRunning, Title: r.Plan.Summary, Facts: []messages.Fact{
		{Label: messages.New("k8sops.secret.fact.keys"), Value: messages.Literal(refs(r.State.Changes))},
		{Label: messages.New("k8sops.secret.fact.kept"), Value: messages.Literal(r.State.Kept)},
	}}
	if r.State.Role != "" {
		card.Facts = append(card.Facts, messages.Fact{Label: messages.New("k8sops.secret.fact.role"), Value: messages.Literal(r.State.Role)})
	}
	return &k8sops.Result{Card: card, Suggest: []string{"health"}}
}
