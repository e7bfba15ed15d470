package scaling

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/runtime"

	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
	"opsbot/runs"
)

// shanghai is a platform whose people read clocks in Shanghai: it is Monday 17:30 there.
func shanghai(t *testing.T) kube.Platform {
	p := optest.TestPlatform()
	zone, err := time.LoadLocation("Asia/Shanghai")
	require.NoError(t, err)
	p.Zone = func(context.Context, string) *time.Location { return zone }
	return p
}

func runPlan(t *testing.T, p kube.Platform, line string, objects ...runtime.Object) (*k8sops.Call, *k8sops.Plan, error) {
	t.Helper()
	call, _ := optest.NewCall(t, Operations(p), line, objects...)
	call.Source = k8sops.Source{User: "U1", Channel: "C1", Incident: "4"}
	plan, _, proof, err := optest.RunAll(t.Context(), call)
	if err == nil {
		require.True(t, proof.OK)
	}
	return call, plan, err
}

func TestScaleIsPlanned(t *testing.T) {
	p := shanghai(t)
	call, plan, err := runPlan(t, p, `scale plan user 6 --at "Fri 18:00" --for 6h`, requesting())
	require.NoError(t, err)
	require.Equal(t, k8sops.Change, plan.Danger)
	require.Equal(t, "6", plan.Changes[0].To, "what it would do now")
	s, err := p.Schedules.Schedule(t.Context(), 1)
	require.NoError(t, err)
	require.Equal(t, "scale user-service 6", s.Command)
	require.Equal(t, "scale", s.Operation)
	require.Equal(t, time.Date(2026, 3, 6, 10, 0, 0, 0, time.UTC), s.Due)
	require.Equal(t, 6*time.Hour, s.For)
	require.Equal(t, "U1", s.User)
	require.Equal(t, "4", s.Incident)
	require.Equal(t, runs.Active, s.State)
	require.Equal(t, "scale plan cancel 1", optest.UndoLine(t, call, plan, Operations(p)...))

	_, _, err = runPlan(t, p, "scale plan cancel 1")
	require.NoError(t, err)
	s, err = p.Schedules.Schedule(t.Context(), 1)
	require.NoError(t, err)
	require.Equal(t, runs.Cancelled, s.State)
	_, _, err = runPlan(t, p, "scale plan cancel 1")
	require.Equal(t, k8sops.CodeNotFound, k8sops.CodeOf(err))
	_, _, err = runPlan(t, p, "scale plan cancel 9")
	require.Equal(t, k8sops.CodeNotFound, k8sops.CodeOf(err))
}

func TestAPlanSetsTheAutoscalersMinimum(t *testing.T) {
	for line, want := range map[string]string{
		"scale plan user 6 --at 18:00":  "hpa set user-service --min 6 --max 10",
		"scale plan user 12 --at 18:00": "hpa set user-service --min 12 --max 12",
		"scale plan user 0 --at 18:00":  "scale user-service 0",
	} {
		p := shanghai(t)
		_, _, err := runPlan(t, p, line, requesting(), scaledBy(2, 10, 70))
		require.NoError(t, err, line)
		s, err := p.Schedules.Schedule(t.Context(), 1)
		require.NoError(t, err)
		require.Equal(t, want, s.Command)
	}
}

func TestAPlanIsRepeated(t *testing.T) {
	p := shanghai(t)
	_, _, err := runPlan(t, p, `scale plan user 6 --cron "0 18 * * 5" --for 6h`, requesting())
	require.NoError(t, err)
	s, err := p.Schedules.Schedule(t.Context(), 1)
	require.NoError(t, err)
	require.Equal(t, time.Date(2026, 3, 6, 10, 0, 0, 0, time.UTC), s.Due)
	require.Equal(t, "Asia/Shanghai", s.Zone)
}

func TestPlansThatMakeNoSenseAreRefused(t *testing.T) {
	for line, id := range map[string]string{
		`scale plan user 6`: "k8sops.scale_plan.one_time",
		`scale plan user 6 --at 18:00 --cron "0 18 * * 5"`: "k8sops.scale_plan.one_time",
		`scale plan user 6 --at "today 17:00"`:             "runs.time.past",
		`scale plan user 6 --at "2026-03-01 18:00"`:        "runs.time.past",
		`scale plan user 6 --at soon`:                      "runs.time.unreadable",
		`scale plan user 6 --cron "61 * * * *"`:            "k8sops.scale_plan.bad_cron",
		`scale plan user 6 --cron "0 * * * *" --for 2h`:    "k8sops.scale_plan.overlaps",
		`scale plan nosuchthing 6 --at 18:00`:              "k8sops.resolve.unknown",
	} {
		p := shanghai(t)
		_, _, err := runPlan(t, p, line, requesting())
		e, ok := errors.AsType[*k8sops.Error](err)
		require.True(t, ok, "%s: %v", line, err)
		require.Equal(t, id, e.Message.ID, line)
		_, err = p.Schedules.Schedule(t.Context(), 1)
		require.ErrorIs(t, err, runs.ErrNotFound, "nothing is planned")
	}
}

func TestATimeThatTheClocksJumpOverIsRefused(t *testing.T) {
	p := optest.TestPlatform()
	zone, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	p.Zone = func(context.Context, string) *time.Location { return zone }
	_, _, err = runPlan(t, p, `scale plan user 6 --at "2026-03-29 02:30"`, requesting())
	e, ok := errors.AsType[*k8sops.Error](err)
	require.True(t, ok)
	require.Equal(t, "runs.time.gap", e.Message.ID)
}

func TestAPlanForAProtectedServiceSaysThatASecondPersonIsAsked(t *testing.T) {
	p := shanghai(t)
	p.Care.Protected = []string{"user-service"}
	_, plan, err := runPlan(t, p, `scale plan user 6 --at 18:00`, requesting())
	require.NoError(t, err)
	require.Equal(t, k8sops.Disruptive, plan.Danger, "planning needs no second person, running does")
	require.Equal(t, "k8sops.scale_plan.second_person", plan.Warning[len(plan.Warning)-1].ID)
}

func TestPlansAreListed(t *testing.T) {
	p := shanghai(t)
	call, _ := optest.NewCall(t, Operations(p), "scale plans")
	result, err := call.Operation.Answer(t.Context(), call, nil)
	require.NoError(t, err)
	require.Equal(t, "k8sops.scale_plans.none", result.Card.Title.ID)
	_, _, err = runPlan(t, p, `scale plan user 6 --at "Fri 18:00" --for 6h`, requesting())
	require.NoError(t, err)
	result, err = call.Operation.Answer(t.Context(), call, nil)
	require.NoError(t, err)
	optest.Golden(t, "scale-plans", func(p *messages.Printer) string { return p.CardPlain(result.Card) })
}
