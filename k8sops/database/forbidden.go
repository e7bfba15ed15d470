package database

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"opsbot/k8sops"
	"opsbot/k8sops/postgres"
	"opsbot/messages"
)

const preloadLibraries = "shared_preload_libraries"

// refuseSetting says which settings are not changed from a chat, and why.
func refuseSetting(s setting) error {
	key := messages.Code(s.Name)
	refuse := func(text messages.Text) error { return &k8sops.Error{Code: k8sops.CodeInvalid, Message: text} }
	switch {
	case s.Context == contextInternal:
		return refuse(messages.New("k8sops.db.set.internal", "key", key))
	case runsPrograms(s.Name):
		return refuse(messages.New("k8sops.db.set.runs_programs", "key", key))
	case s.Name == "primary_conninfo":
		return refuse(messages.New("k8sops.db.set.secret", "key", key))
	case cutsOff(s.Name):
		return refuse(messages.New("k8sops.db.set.cuts_off", "key", key))
	case !slices.Contains([]string{"default", "configuration file", "environment variable"}, s.Source):
		return refuse(messages.New("k8sops.db.set.source", "key", key, "source", messages.Code(s.Source), "value", messages.Code(s.Shown)))
	}
	return nil
}

// runsPrograms: whoever sets these runs what he likes on the database's machine.
func runsPrograms(name string) bool {
	return strings.HasSuffix(name, "_command") || strings.HasSuffix(name, "_library") || name != preloadLibraries && strings.HasSuffix(name, "_libraries") ||
		slices.Contains([]string{"dynamic_library_path", "jit_provider"}, name)
}

// cutsOff: with a slip in these nobody reaches the server any more, or it does not start.
func cutsOff(name string) bool {
	exact := []string{"data_directory", "listen_addresses", "port", "ssl"}
	begins := func(prefix string) bool { return strings.HasPrefix(name, prefix) }
	return slices.Contains(exact, name) || strings.HasSuffix(name, "_file") || slices.ContainsFunc([]string{"unix_socket_", "ssl_", "bonjour", "krb_", "gss_"}, begins)
}

// losesData: with these a crash, or a broken page, costs data.
func losesData(name, value string) bool {
	switch name {
	case "fsync", "full_page_writes":
		return value == "off"
	case "zero_damaged_pages", "ignore_checksum_failure", "ignore_invalid_pages", "allow_system_table_mods":
		return value == "on"
	}
	return false
}

var libraryName = regexp.MustCompile(`^\w+$`)

// checkLibraries makes sure that every library to be loaded at the start is there: with one that is not, the server does not start.
func checkLibraries(ctx context.Context, server postgres.Server, value string) error {
	for _, library := range listed(value) {
		var found []struct{ There bool }
		if libraryName.MatchString(library) {
			sql := `SELECT (pg_stat_file(setting || '/' || ` + postgres.QuoteLiteral(library) + ` || '.so', true)).size IS NOT NULL there FROM pg_config WHERE name = 'PKGLIBDIR'`
			if err := server.Read(ctx, postgres.Maintenance, sql, &found); err != nil {
				return err
			}
		}
		if len(found) != 1 || !found[0].There {
			return k8sops.Invalid(messages.New("k8sops.db.set.no_library", "library", messages.Code(library)))
		}
	}
	return nil
}

// listed are the parts of a list that is a setting.
func listed(value string) []string {
	var parts []string
	for part := range strings.SplitSeq(value, ",") {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

// isList: these lists are given to ALTER SYSTEM part by part. As one text it would be quoted as one name, and a server that looks for the
// library "a, b" does not start.
func isList(name string) bool {
	return slices.Contains([]string{"local_preload_libraries", "search_path", "session_preload_libraries", preloadLibraries, "temp_tablespaces", "unix_socket_directories"}, name)
}

// assigns is what stands behind SET and ALTER SYSTEM SET.
func assigns(name, value string) string {
	quoted := []string{postgres.QuoteLiteral(value)}
	if isList(name) {
		quoted = nil
		for _, part := range listed(value) {
			quoted = append(quoted, postgres.QuoteLiteral(part))
		}
		if len(quoted) == 0 {
			quoted = []string{"''"}
		}
	}
	parts := strings.Split(name, ".")
	for i := range parts {
		parts[i] = postgres.QuoteIdentifier(parts[i])
	}
	return strings.Join(parts, ".") + " = " + strings.Join(quoted, ", ")
}
