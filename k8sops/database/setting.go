package database

import (
	"context"
	"slices"
	"strings"

	"opsbot/internal/nearest"
	"opsbot/k8sops"
	"opsbot/k8sops/postgres"
	"opsbot/messages"
)

// setting is a setting of the server, as pg_settings and its files have it.
type setting struct {
	Name string `json:"name"`
	// Value is in Unit, Shown as SHOW writes it: 16384 (8kB), "128MB".
	Value   string   `json:"setting"`
	Shown   string   `json:"shown"`
	Unit    string   `json:"unit"`
	Context string   `json:"context"`
	Type    string   `json:"vartype"`
	Min     string   `json:"min_val"`
	Max     string   `json:"max_val"`
	Values  []string `json:"enumvals"`
	// Source is where the running value comes from.
	Source string `json:"source"`
	// Pending: the files have another value already, which the next start takes.
	Pending bool `json:"pending_restart"`
	// Filed is the value that the files give, the last one first, nil where none does.
	Filed *string `json:"filed"`
	// Overrides are the databases and roles that have a value of their own: "ecommerce/", "/app".
	Overrides []string `json:"overrides"`
}

// Contexts of settings: when a new value counts.
const (
	contextInternal   = "internal"   // never: it was decided when the server was built or its data made
	contextPostmaster = "postmaster" // after a restart
	contextUser       = "user"       // after a reload; sessions may set their own
	contextSuperuser  = "superuser"  // the same, superusers only
	contextBackend    = "backend"    // after a reload, in new connections
	contextSuperBack  = "superuser-backend"
)

func (s setting) needsRestart() bool { return s.Context == contextPostmaster }

// triable reports whether a session may try the value out, so that PostgreSQL itself judges it.
func (s setting) triable() bool { return s.Context == contextUser || s.Context == contextSuperuser }

func settingsSQL(names ...string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = postgres.QuoteLiteral(strings.ToLower(name))
	}
	return `SELECT s.name, s.setting, current_setting(s.name) shown, coalesce(s.unit, '') unit, s.context, s.vartype, coalesce(s.min_val, '') min_val,
	coalesce(s.max_val, '') max_val, coalesce(s.enumvals, '{}') enumvals, s.source, s.pending_restart,
	(SELECT f.setting FROM pg_file_settings f WHERE lower(f.name) = lower(s.name) ORDER BY f.seqno DESC LIMIT 1) filed,
	coalesce((SELECT array_agg(coalesce(d.datname, '') || '/' || coalesce(r.rolname, '') ORDER BY 1) FROM pg_db_role_setting o
		LEFT JOIN pg_database d ON d.oid = o.setdatabase LEFT JOIN pg_roles r ON r.oid = o.setrole
		WHERE EXISTS (SELECT FROM unnest(o.setconfig) c WHERE lower(split_part(c, '=', 1)) = lower(s.name))), '{}') overrides
	FROM pg_settings s WHERE lower(s.name) IN (` + strings.Join(quoted, ", ") + `) ORDER BY s.name`
}

// settingNamed finds a setting, in whatever letters it is typed.
func settingNamed(ctx context.Context, server postgres.Server, name string) (setting, error) {
	var found []setting
	if err := server.Read(ctx, postgres.Maintenance, settingsSQL(name), &found); err != nil {
		return setting{}, err
	}
	if len(found) == 1 {
		return found[0], nil
	}
	return setting{}, unknownSetting(ctx, server, name)
}

func unknownSetting(ctx context.Context, server postgres.Server, name string) error {
	var all []struct{ Name string }
	if err := server.Read(ctx, postgres.Maintenance, "SELECT name FROM pg_settings ORDER BY name", &all); err != nil {
		return err
	}
	names := make([]string, len(all))
	for i, s := range all {
		names[i] = s.Name
	}
	e := &k8sops.Error{Code: k8sops.CodeNotFound, Message: messages.New("k8sops.db.set.unknown", "key", messages.Code(name))}
	if near := nearest.Names(strings.ToLower(name), names); len(near) > 0 {
		e.Hint = messages.New("k8sops.db.set.near", "names", strings.Join(near, ", "))
	}
	return e
}

// fileFault is a line of the server's files that it would stumble over.
type fileFault struct {
	File    string `json:"sourcefile"`
	Line    int    `json:"sourceline"`
	Name    string `json:"name"`
	Error   string `json:"error"`
	Waiting bool   `json:"waiting"` // good, but it counts after a restart only
}

const faultsSQL = `SELECT coalesce(f.sourcefile, '') sourcefile, coalesce(f.sourceline, 0) sourceline, coalesce(f.name, '') name, f.error,
	coalesce(s.pending_restart, false) waiting
	FROM pg_file_settings f LEFT JOIN pg_settings s ON lower(s.name) = lower(f.name) WHERE f.error IS NOT NULL ORDER BY f.seqno`

// fileFaults are the faults, and the names of what waits for a restart. With a fault a reload takes nothing, and a restart ends in a server
// that does not start.
func fileFaults(ctx context.Context, server postgres.Server) (faults []fileFault, waiting []string, err error) {
	var all []fileFault
	if err := server.Read(ctx, postgres.Maintenance, faultsSQL, &all); err != nil {
		return nil, nil, err
	}
	for _, f := range all {
		switch {
		case !f.Waiting:
			faults = append(faults, f)
		case !slices.Contains(waiting, f.Name):
			waiting = append(waiting, f.Name)
		}
	}
	return faults, waiting, nil
}
