package database

import (
	"context"
	"errors"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/postgres"
	"opsbot/k8sops/rollout"
	"opsbot/messages"
)

// set is /db set (handbook: 优化数据库配置). The handbook patches a ConfigMap. That alone is neither checked nor, where the container does
// not read its settings from there, of any effect, and a wrong value keeps the server from starting. ALTER SYSTEM is checked by PostgreSQL
// before it is written, and wins over every other file. So both are done: PostgreSQL gets the setting, and the ConfigMap, from which the
// platform is built anew, says the same.
type set struct{ kube.Platform }

type setArgs struct{ Setting string }

// setState is the setting as it is and as it is to be.
type setState struct {
	Name string `json:"name"`
	// From is the value as pg_settings has it, Was as SHOW writes it.
	From string `json:"from"`
	Was  string `json:"was"`
	// To is the value as pg_settings will have it, Value as it is written.
	To      string `json:"to"`
	Value   string `json:"value"`
	Context string `json:"context"`
	// ConfigMap is the target that changes too, nil where there is none; Place is where in it.
	ConfigMap *k8sops.Target `json:"config_map,omitempty"`
	Place     place          `json:"place,omitzero"`
	// Restart is what runs the server, nil where a reload is enough.
	Restart *k8sops.Target `json:"restart,omitempty"`
}

type setRun = k8sops.Run[setArgs, setState]

func (o set) spec() k8sops.ChangeSpec[setArgs, setState] {
	return k8sops.ChangeSpec[setArgs, setState]{
		Meta: k8sops.Meta{
			Name:     "db set",
			Summary:  messages.New("k8sops.db.set.summary"),
			Danger:   k8sops.Disruptive,
			Examples: []string{"db set work_mem=8MB", "db set max_connections=200", `db set "log_line_prefix=%m [%p] "`},
			Access:   o.access(),
			Owners:   owners(),
		},
		Args: func(a *setArgs) []k8sops.Arg {
			return []k8sops.Arg{{Name: "setting", Into: &a.Setting, Summary: messages.New("k8sops.db.set.arg.setting"), Positional: true, Required: true}}
		},
		Plan: o.plan,
		// Every step looks at what is there, or asks for what may be asked twice.
		Steps: []k8sops.Step[setArgs, setState]{
			{Name: "postgresql", Resume: k8sops.Again, Do: o.alter},
			{Name: "config map", Resume: k8sops.Again, Do: o.keep},
			{Name: "activate", Resume: k8sops.Again, Do: o.activate},
		},
		Verify: o.verify,
		Undo:   func(r *setRun) *k8sops.Invocation { return o.back(r.State) },
	}
}

func (o set) access() []k8sops.Access {
	access := postgresAccess()
	for _, verb := range []string{"get", "patch"} {
		if o.Database.ConfigMap == "" {
			break
		}
		access = append(access, k8sops.Access{Verb: verb, Resource: "configmaps", Name: o.Database.ConfigMap})
	}
	if o.Database.Workload != "" { // one that is found by labels is restarted by those who may restart anything
		access = append(access, kube.RestartAccess(o.Database.Workload)...)
	}
	return slices.Concat(access, rollout.Access())
}

// back is the call that puts the old value back.
func (o set) back(s *setState) *k8sops.Invocation {
	return o.spec().Invoke(setArgs{Setting: s.Name + "=" + s.Was})
}

func (o set) plan(ctx context.Context, call *k8sops.Call, args setArgs) (*k8sops.Plan, setState, error) {
	name, value, err := assignment(args.Setting)
	if err != nil {
		return nil, setState{}, err
	}
	server, err := postgres.Of(ctx, o.Platform, call)
	if err != nil {
		return nil, setState{}, err
	}
	s, err := settingNamed(ctx, server, name)
	if err != nil {
		return nil, setState{}, err
	}
	if err := refuseSetting(s); err != nil {
		return nil, setState{}, err
	}
	state := setState{Name: s.Name, From: s.Value, Was: s.Shown, Context: s.Context}
	if state.To, state.Value, err = checked(ctx, server, s, value); err != nil {
		return nil, setState{}, err
	}
	plan := &k8sops.Plan{Danger: k8sops.Disruptive, Summary: messages.New("k8sops.db.set.plan", "key", messages.Code(s.Name), "from", messages.Code(shown(state.Was)), "to", messages.Code(shown(state.Value)))}
	plan.Changes = []k8sops.FieldChange{{Object: "PostgreSQL", Field: s.Name, From: shown(state.Was), To: shown(state.Value)}}
	if err := o.planConfigMap(ctx, call, plan, &state); err != nil {
		return nil, state, err
	}
	if plan.NoOp = same(s, state) && len(plan.Changes) == 1; plan.NoOp {
		plan.Summary = messages.New("k8sops.db.set.nothing", "key", messages.Code(s.Name), "value", messages.Code(shown(state.Was)))
		plan.Changes = nil
		return plan, state, nil
	}
	return plan, state, o.planEffect(ctx, call, server, plan, s, &state)
}

// same reports whether the server runs with the value, and will after its next start.
func same(s setting, state setState) bool {
	if s.Value != state.To || s.Pending {
		return false
	}
	if s.Filed == nil {
		return true
	}
	filed, err := s.inUnits(*s.Filed)
	return err == nil && filed == state.To
}

// assignment takes "key = value" apart.
func assignment(typed string) (name, value string, err error) {
	name, value, found := strings.Cut(typed, "=")
	if name = strings.TrimSpace(name); !found || name == "" {
		return "", "", &k8sops.Error{Code: k8sops.CodeInvalid, Message: messages.New("k8sops.db.set.no_value"), Hint: messages.New("k8sops.db.set.no_value_hint")}
	}
	if trimmed := strings.TrimLeft(value, " "); trimmed != "" {
		value = trimmed // spaces behind a value may be meant: of a prefix of log lines
	}
	return name, value, nil
}

// shown writes a value where people read it: an empty one is not nothing.
func shown(value string) string {
	if strings.TrimSpace(value) == "" {
		return "'" + value + "'"
	}
	return value
}

// checked has PostgreSQL judge a value where a session may try it, in a transaction that is rolled back. Others are compared with the
// bounds that the server names; ALTER SYSTEM judges them before it writes anything.
func checked(ctx context.Context, server postgres.Server, s setting, value string) (inUnits, written string, err error) {
	if s.triable() && !isList(s.Name) {
		return tried(ctx, server, s, value)
	}
	if inUnits, err = s.inUnits(value); err != nil {
		return "", "", err
	}
	if s.Name == preloadLibraries {
		err = checkLibraries(ctx, server, value)
	}
	return inUnits, value, err
}

// tried gives the value as PostgreSQL understands it.
func tried(ctx context.Context, server postgres.Server, s setting, value string) (inUnits, written string, err error) {
	name := postgres.QuoteLiteral(s.Name)
	out, refusal, err := server.Try(ctx, postgres.Maintenance, []string{"BEGIN"}, "SET LOCAL "+assigns(s.Name, value),
		"SELECT setting FROM pg_settings WHERE name = "+name, "SELECT current_setting("+name+")", "ROLLBACK")
	if err != nil || refusal != "" {
		return "", "", errors.Join(err, refused(s.Name, refusal))
	}
	inUnits, written, _ = strings.Cut(out, "\n")
	return inUnits, written, nil
}

// refused is PostgreSQL's own word against a value, nil where there is none.
func refused(name, word string) error {
	if word == "" {
		return nil
	}
	return &k8sops.Error{Code: k8sops.CodeInvalid, Message: messages.New("k8sops.db.set.refused", "key", messages.Code(name)), Hint: messages.Literal(word)}
}

// planConfigMap shows what changes in the ConfigMap, where the platform has it.
func (o set) planConfigMap(ctx context.Context, call *k8sops.Call, plan *k8sops.Plan, state *setState) error {
	name := o.Database.ConfigMap
	if name == "" {
		return nil
	}
	m, err := call.Client.Kubernetes.CoreV1().ConfigMaps(call.Namespace).Get(ctx, name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		plan.Warning = append(plan.Warning, messages.New("k8sops.db.set.no_config_map", "config_map", messages.Code(name)))
		return nil
	}
	if err != nil {
		return k8sops.Explain("get configmap "+name, err)
	}
	at := placed(m.Data, state.Name, state.Value)
	if m.Data[at.Key] == at.Value {
		return nil
	}
	if err := patchConfigMap(ctx, call, m, at, metav1.DryRunAll); err != nil {
		return k8sops.Explain("dry run of configmap "+name, err)
	}
	target, err := kube.TargetOf(m)
	if err != nil {
		return err
	}
	state.ConfigMap, state.Place = &target, at
	plan.Targets = append(plan.Targets, target)
	plan.Changes = append(plan.Changes, k8sops.FieldChange{Object: "configmap/" + name, Field: fieldOf(at, state.Name), From: shown(at.From), To: shown(state.Value)})
	if by := m.Labels["app.kubernetes.io/managed-by"]; by != "" {
		plan.Warning = append(plan.Warning, messages.New("k8sops.db.set.managed", "config_map", messages.Code(name), "by", by))
	}
	return nil
}

func fieldOf(at place, name string) string {
	if at.Key == name {
		return name
	}
	return at.Key + ": " + name
}

// server is the workload that runs PostgreSQL.
func (o set) server(ctx context.Context, call *k8sops.Call) (kube.Workload, error) {
	all, err := kube.List(ctx, call, labels.Everything())
	if err != nil {
		return kube.Workload{}, err
	}
	all = slices.DeleteFunc(all, func(w kube.Workload) bool { return !o.Database.Is(w) || !slices.Contains(kube.RollingKinds(), w.Kind) })
	if len(all) == 1 {
		return all[0], nil
	}
	return kube.Workload{}, &k8sops.Error{Code: k8sops.CodeUnavailable, Message: messages.New("k8sops.db.set.no_workload"), Hint: messages.New("k8sops.db.set.no_workload_hint")}
}
