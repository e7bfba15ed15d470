package catalog

import (
	"strings"
	"testing"

	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/k8sops/cmdline"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestParseUnderstandsWhatPeopleType(t *testing.T) {
	ops := testCatalog(t, testDeps(t))
	for typed, canonical := range map[string]string{
		"scale user 5":                                   "scale user 5",
		"/scale user-service 5":                          "scale user-service 5",
		"Scale USER 05":                                  "scale user 5",
		"scale deployment/user-service 5":                "scale deployment/user-service 5",
		"scale User,deploy/order-service,user 5":         "scale user,deploy/order-service 5",
		"scale --replicas 5 user":                        "scale user 5",
		"scale user --replicas=+5":                       "scale user 5",
		"ops scale user 5":                               "scale user 5",
		"  scale \t user\n5 ":                            "scale user 5",
		"scale all 3 --except order-service=5,payment=2": "scale all 3 --except order-service=5,payment=2",
		"rollout restart user":                           "rollout restart user",
		"rollout user restart":                           "rollout restart user",
		"restart all":                                    "rollout restart all",
		"rollout user":                                   "rollout status user",
		"rollout user history":                           "rollout history user",
		"rollout undo user 2":                            "rollback user 2",
		"backup db":                                      "backup db",
		"Backup Database":                                "backup db",
		"help":                                           "ops help",
		"ops help backup db":                             "ops help backup db",
		"top":                                            "top",
		"top NODES —sort memory":                         "top nodes --sort memory",
		"top --sort=memory":                              "top --sort memory",
		"logs user --grep “a b” --since 1d":              `logs user --grep "a b" --since 24h`,
		"logs user –errors":                              "logs user --errors",
		"logs user --errors=false --tail 100":            "logs user",
		"logs user --grep ‘a b’":                         `logs user --grep "a b"`,
		`logs user --grep "\d+ms"`:                       `logs user --grep "\\d+ms"`,
		`logs user --grep '$(rm -rf /) ` + "`id`" + `'`:  `logs user --grep "$(rm -rf /) ` + "`id`" + `"`,
		`logs user --grep="--errors"`:                    `logs user --grep "--errors"`,
		`logs user --grep "--errors"`:                    `logs user --grep "--errors"`,
		"events --since 1w --warnings":                   "events --since 168h --warnings",
		"deploy user registry.example.com:5000/user:1.1": "deploy user registry.example.com:5000/user:1.1",
	} {
		t.Run(typed, func(t *testing.T) {
			op, args, err := cmdline.Parse(ops, typed)
			require.NoError(t, err)
			require.Equal(t, canonical, k8sops.Canonical(op, args))
		})
	}
}

func TestParseSaysWhatIsWrong(t *testing.T) {
	ops := testCatalog(t, testDeps(t))
	for _, c := range []struct {
		typed, message string
		suggest        []string
	}{
		{"", "k8sops.parse.empty", []string{"ops help"}},
		{"   ", "k8sops.parse.empty", []string{"ops help"}},
		{"scale", "k8sops.parse.missing", nil},
		{"scale user", "k8sops.parse.missing", nil},
		{"scale user -1", "k8sops.arg.too_small", nil},
		{"scale user 1e9", "k8sops.arg.plain_digits", nil},
		{"scale user abc", "k8sops.arg.not_a_number", nil},
		{"scale user 5.5", "k8sops.arg.fraction", nil},
		{"scale user 1001", "k8sops.arg.too_big", nil},
		{"scale user 99999999999999999999", "k8sops.arg.too_big", nil},
		{"scale user NaN", "k8sops.arg.not_a_number", nil},
		{"scale user 0x10", "k8sops.arg.not_a_number", nil},
		{"scale user 5 6", "k8sops.parse.surplus", nil},
		{"scale user 5 --replicas 6", "k8sops.parse.twice", nil},
		{"scale us/er/x 5", "k8sops.arg.not_a_name", nil},
		{"scale user 5 --excep x=1", "k8sops.parse.unknown_flag_near", nil},
		{"scale user 5 --zzz", "k8sops.parse.unknown_flag", nil},
		{"rollback all", "k8sops.arg.not_all", nil},
		{"rollback user,order", "k8sops.arg.not_a_name", nil},
		{"scale user,all 5", "k8sops.arg.not_all", nil},
		{"scale user, 5", "k8sops.arg.not_a_name", nil},
		{"rollback user 0", "k8sops.arg.too_small", nil},
		{"scael user 5", "k8sops.parse.unknown_operation", []string{"scale user 5"}},
		{"bakcup db", "k8sops.parse.unknown_operation", []string{"backup db"}},
		{"rolback user 2", "k8sops.parse.unknown_operation", []string{"rollback user 2"}},
		{"frobnicate", "k8sops.parse.unknown_operation", []string{"ops help"}},
		{"top nods", "k8sops.arg.not_a_choice", []string{"top nodes", "top"}},
		{"top nodes --sort memry", "k8sops.arg.not_a_choice", []string{"top nodes --sort memory"}},
		{"logs user --grep (", "k8sops.arg.bad_pattern", nil},
		{"logs user --since soon", "k8sops.arg.not_a_duration", nil},
		{"logs user --since -5m", "k8sops.arg.too_short", nil},
		{"logs user --since 0s", "k8sops.arg.too_short", nil},
		{"logs user --since 9999h", "k8sops.arg.too_far", nil},
		{"logs user --grep", "k8sops.parse.flag_needs_value", nil},
		{"logs user --grep --errors", "k8sops.parse.flag_needs_value", nil},
		{"logs user --grep ''", "k8sops.arg.empty", nil},
		{"logs user --errors=perhaps", "k8sops.arg.not_a_switch", nil},
		{`logs user --grep "open`, "k8sops.parse.open_quote", nil},
		{"logs user --grep ‘it’s’", "k8sops.parse.open_quote", nil},
		{"scale user -99999999999999999999", "k8sops.arg.too_small", nil},
		{"scale user 5\x00", "k8sops.parse.not_text", nil},
		{"scale \xff 5", "k8sops.parse.not_text", nil},
		{strings.Repeat("a", cmdline.MaxLine+1), "k8sops.parse.too_long", nil},
		{strings.Repeat("a ", cmdline.MaxWords+1), "k8sops.parse.too_many_words", nil},
		{"logs user --grep " + strings.Repeat("a", k8sops.MaxPattern+1), "k8sops.arg.pattern_too_long", nil},
	} {
		t.Run(c.typed[:min(40, len(c.typed))], func(t *testing.T) {
			_, _, err := cmdline.Parse(ops, c.typed)
			require.Equal(t, c.message, optest.MessageID(t, err))
			e, _ := optest.AsError(err)
			require.Equal(t, c.suggest, e.Suggest)
		})
	}
}

func FuzzParse(f *testing.F) {
	ops, err := New(Default())
	if err != nil {
		f.Fatal(err)
	}
	for _, op := range ops {
		for _, example := range op.Examples {
			f.Add(example)
		}
	}
	f.Add(`logs user --grep "a \"b\" \\d+" —errors`)
	f.Add("scale “user” 5 – - --")
	f.Add("ops help \"a  b\" c")
	f.Fuzz(func(t *testing.T, line string) {
		checkFixedPoint(t, ops, line)
	})
}

// checkFixedPoint: whatever is understood has one canonical form, which is understood as the same.
func checkFixedPoint(t interface{ Fatalf(string, ...any) }, ops []k8sops.Operation, line string) {
	op, args, err := cmdline.Parse(ops, line)
	if err != nil {
		if _, ok := optest.AsError(err); !ok {
			t.Fatalf("%q: %v is no *Error", line, err)
		}
		return
	}
	canonical := k8sops.Canonical(op, args)
	again, argsAgain, err := cmdline.Parse(ops, canonical)
	if err != nil {
		// Quoting may make a line longer than what may be typed.
		if len(canonical) > cmdline.MaxLine {
			return
		}
		t.Fatalf("%q: canonical %q: %v", line, canonical, err)
	}
	if again.Name != op.Name || k8sops.Canonical(again, argsAgain) != canonical {
		t.Fatalf("%q: canonical %q becomes %q", line, canonical, k8sops.Canonical(again, argsAgain))
	}
}

func TestParseOfAnyWordsIsAFixedPoint(t *testing.T) {
	ops := testCatalog(t, testDeps(t))
	rapid.Check(t, func(t *rapid.T) {
		op := rapid.SampledFrom(ops).Draw(t, "operation")
		words := rapid.SliceOfN(rapid.OneOf(
			rapid.SampledFrom([]string{"user", "all", "5", "--grep", "--errors", "--tail=7", "nodes", "--sort", `"a b"`, "“x", "—since", "1h30m", `\"`, "--"}),
			rapid.String(),
		), 0, 6).Draw(t, "words")
		checkFixedPoint(t, ops, op.Name+" "+strings.Join(words, " "))
	})
}

func TestUsage(t *testing.T) {
	ops := testCatalog(t, testDeps(t))
	op, _, err := cmdline.Parse(ops, "logs user")
	require.NoError(t, err)
	require.Equal(t, "logs <service> [--grep GREP] [--errors] [--since 15m] [--tail 100] [--previous] [--container CONTAINER]", k8sops.Usage(op))
	op, _, err = cmdline.Parse(ops, "top")
	require.NoError(t, err)
	require.Equal(t, "top [nodes|pods] [--sort cpu|memory]", k8sops.Usage(op))
}
