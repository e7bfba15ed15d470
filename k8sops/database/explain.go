package database

import (
	"context"
	"strings"

	"opsbot/internal/redact"
	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/postgres"
	"opsbot/messages"
)

// explain is /db explain: how PostgreSQL would run a statement. It is planned and never run.
type explain struct{ kube.Platform }

type explainArgs struct{ Statement string }

func (o explain) spec() k8sops.ReadSpec[explainArgs] {
	return k8sops.ReadSpec[explainArgs]{
		Meta: k8sops.Meta{
			Name:     "db explain",
			Summary:  messages.New("k8sops.db.explain.summary"),
			Examples: []string{`db explain "SELECT count(*) FROM orders WHERE user_id = 7"`},
			Access:   postgresAccess(),
			Owners:   owners(),
		},
		Args: func(a *explainArgs) []k8sops.Arg {
			return []k8sops.Arg{{
				Name: "statement", Into: &a.Statement, Summary: messages.New("k8sops.db.explain.arg.statement"), Positional: true, Required: true, Rest: true, Multiline: true,
			}}
		},
		Answer: o.answer,
	}
}

// explainable puts EXPLAIN before a statement. With its options in parentheses nothing that follows can be ANALYZE, which would run the statement, and
// without a semicolon there is no second statement.
func explainable(typed string) (string, error) {
	sql := strings.TrimRight(strings.TrimSpace(typed), "; \t\r\n")
	if strings.Contains(sql, ";") {
		return "", k8sops.Invalid(messages.New("k8sops.db.explain.one"))
	}
	return "EXPLAIN (COSTS TRUE, FORMAT TEXT) " + sql, nil
}

func (o explain) answer(ctx context.Context, call *k8sops.Call, args explainArgs, _ k8sops.Progress) (*k8sops.Result, error) {
	sql, err := explainable(args.Statement)
	if err != nil {
		return nil, err
	}
	server, err := postgres.Of(ctx, o.Platform, call)
	if err != nil {
		return nil, err
	}
	// A lock on a table that somebody changes is not waited for: whoever waits makes others wait.
	careful := []string{"SET default_transaction_read_only = on", "SET lock_timeout = '2s'", "SET statement_timeout = '15s'"}
	// psql ends badly where its last command does.
	plan, refusal, err := server.Try(ctx, o.Database.Name, careful, sql, sql, `\echo`)
	if err != nil {
		return nil, err
	}
	if refusal != "" {
		return nil, k8sops.Invalid(messages.New("k8sops.db.explain.refused", "reason", messages.Clip(redact.Text(withoutLiterals(refusal)), 300)))
	}
	return &k8sops.Result{Card: messages.Card{
		Tone:     messages.ToneInfo,
		Title:    messages.New("k8sops.db.explain.title", "database", messages.Code(o.Database.Name)),
		Sections: []messages.Section{{Code: &messages.Block{Content: redact.Text(withoutLiterals(plan))}}},
		Footer:   []messages.Text{messages.New("k8sops.db.explain.footer")},
	}}, nil
}
