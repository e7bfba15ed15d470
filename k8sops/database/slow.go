package database

import (
	"context"
	"strconv"
	"time"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/postgres"
	"opsbot/messages"
)

// slow is /db slow (handbook: 分析慢查询).
type slow struct{ kube.Platform }

type slowArgs struct {
	By    string
	Limit int
}

const statistics = "pg_stat_statements"

func (o slow) spec() k8sops.ReadSpec[slowArgs] {
	return k8sops.ReadSpec[slowArgs]{
		Meta: k8sops.Meta{
			Name:     "db slow",
			Summary:  messages.New("k8sops.db.slow.summary"),
			Examples: []string{"db slow", "db slow --by mean --limit 20"},
			Access:   postgresAccess(),
			Owners:   owners(),
		},
		Args: func(a *slowArgs) []k8sops.Arg {
			return []k8sops.Arg{
				{Name: "by", Into: &a.By, Summary: messages.New("k8sops.db.slow.arg.by"), Default: "total", Choices: []string{"total", "mean", "calls"}},
				{Name: "limit", Into: &a.Limit, Summary: messages.New("k8sops.db.slow.arg.limit"), Default: "10", Min: 1, Max: 50},
			}
		},
		Answer: o.answer,
	}
}

// collection is whether the server counts statements, and where it cannot be asked, what is missing.
type collection struct {
	Version   int    `json:"version"`
	Libraries string `json:"libraries"`
	Available bool   `json:"available"`
	Loaded    bool   `json:"loaded"`
	Created   bool   `json:"created"`
}

const collectionSQL = `SELECT current_setting('server_version_num')::int version, current_setting('shared_preload_libraries') libraries,
	EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_stat_statements') available,
	'pg_stat_statements' = ANY (regexp_split_to_array(current_setting('shared_preload_libraries'), '\s*,\s*')) loaded,
	EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_stat_statements') created`

// counted is one statement, with its literals replaced by PostgreSQL. Times are in milliseconds.
type counted struct {
	Query string  `json:"query"`
	Calls int64   `json:"calls"`
	Total float64 `json:"total"`
	Mean  float64 `json:"mean"`
	Rows  int64   `json:"rows"`
	Share float64 `json:"share"` // of all statements' time, in percent
}

func (o slow) answer(ctx context.Context, call *k8sops.Call, args slowArgs, _ k8sops.Progress) (*k8sops.Result, error) {
	server, err := postgres.Of(ctx, o.Platform, call)
	if err != nil {
		return nil, err
	}
	var found []collection
	if err := server.Read(ctx, o.Database.Name, collectionSQL, &found); err != nil {
		return nil, err
	}
	var is collection
	if len(found) == 1 {
		is = found[0]
	}
	if !is.Loaded || !is.Created {
		return o.missing(is), nil
	}
	var statements []counted
	if err := server.Read(ctx, o.Database.Name, slowSQL(is.Version, args), &statements); err != nil {
		return nil, err
	}
	return o.result(args, statements), nil
}

// slowSQL: the times had other names before PostgreSQL 13.
func slowSQL(version int, args slowArgs) string {
	total, mean := "total_exec_time", "mean_exec_time"
	if version < 130000 {
		total, mean = "total_time", "mean_time"
	}
	order := map[string]string{"total": "total", "mean": "mean", "calls": "calls"}[args.By]
	return `SELECT left(query, 600) query, calls, ` + total + ` total, ` + mean + ` mean, rows,
	100 * ` + total + ` / greatest(sum(` + total + `) OVER (), 0.001) share
	FROM pg_stat_statements WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
	ORDER BY ` + order + ` DESC, query LIMIT ` + strconv.Itoa(args.Limit)
}

// missing says what keeps the server from counting, and how that is changed.
func (o slow) missing(is collection) *k8sops.Result {
	card := messages.Card{Tone: messages.ToneWarning, Title: messages.New("k8sops.db.slow.missing")}
	result := &k8sops.Result{}
	switch {
	case !is.Available:
		card.Sections = []messages.Section{messages.Paragraph(messages.New("k8sops.db.slow.not_installed"))}
	case !is.Loaded:
		libraries := statistics
		if is.Libraries != "" {
			libraries = is.Libraries + "," + statistics
		}
		line := k8sops.QuoteWord(preloadLibraries + "=" + libraries)
		result.Suggest = []string{"db set " + line}
		card.Sections = []messages.Section{
			messages.Paragraph(messages.New("k8sops.db.slow.not_loaded", "command", messages.Code("/db set "+line))),
			messages.Paragraph(messages.New("k8sops.db.slow.then_create", "database", messages.Code(o.Database.Name))),
			o.create(),
		}
	default:
		card.Sections = []messages.Section{messages.Paragraph(messages.New("k8sops.db.slow.not_created", "database", messages.Code(o.Database.Name))), o.create()}
	}
	result.Card = card
	return result
}

func (o slow) create() messages.Section {
	return messages.Section{Code: &messages.Block{Content: "CREATE EXTENSION " + statistics + ";"}}
}

func (o slow) result(args slowArgs, statements []counted) *k8sops.Result {
	database := messages.Code(o.Database.Name)
	if len(statements) == 0 {
		return &k8sops.Result{Card: messages.Card{Tone: messages.ToneInfo, Title: messages.New("k8sops.db.slow.none", "database", database)}}
	}
	table := &messages.Table{Columns: []messages.Column{
		{Title: messages.New("k8sops.db.column.total"), Right: true},
		{Title: messages.Literal("%"), Right: true},
		{Title: messages.New("k8sops.db.column.mean"), Right: true},
		{Title: messages.New("k8sops.db.column.calls"), Right: true},
		{Title: messages.New("k8sops.db.column.rows"), Right: true},
		{Title: messages.New("k8sops.db.column.statement")},
	}}
	for _, s := range statements {
		table.Rows = append(table.Rows, k8sops.Literals(took(s.Total), strconv.FormatFloat(s.Share, 'f', 1, 64), took(s.Mean),
			strconv.FormatInt(s.Calls, 10), strconv.FormatInt(s.Rows, 10), statement(s.Query, 120)))
	}
	return &k8sops.Result{Card: messages.Card{
		Tone:     messages.ToneInfo,
		Title:    messages.New("k8sops.db.slow.title", "count", len(statements), "database", database, "by", order(args.By)),
		Sections: []messages.Section{{Table: table}},
		Footer:   []messages.Text{messages.New("k8sops.db.slow.footer")},
	}}
}

func order(by string) messages.Text {
	switch by {
	case "mean":
		return messages.New("k8sops.db.slow.by.mean")
	case "calls":
		return messages.New("k8sops.db.slow.by.calls")
	}
	return messages.New("k8sops.db.slow.by.total")
}

// took writes milliseconds; what is short keeps a fraction.
func took(milliseconds float64) string {
	if milliseconds < 1000 {
		return strconv.FormatFloat(milliseconds, 'f', 2, 64) + "ms"
	}
	return messages.Duration(time.Duration(milliseconds * float64(time.Millisecond)))
}
