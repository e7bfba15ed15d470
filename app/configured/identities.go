package configured

import (
	"slices"
	"strings"

	"opsbot/configs"
	"opsbot/handlers"
	"opsbot/k8sops"
)

// Identities are the configured identities as the handlers use them. access.identities comes first: where it names a
// person of the contact table, its user name wins.
func Identities(c configs.Config) []handlers.Mapping {
	var rows []handlers.Mapping
	for _, id := range c.Access.Identities {
		row := handlers.Mapping{User: id.User, Groups: id.Groups}
		switch {
		case strings.Contains(id.Slack, "@"):
			row.Email = id.Slack
		case strings.HasPrefix(id.Slack, "S"):
			row.Group = id.Slack
		default:
			row.Slack = id.Slack
		}
		if row.User != "" {
			row.Groups = append(slices.Clone(row.Groups), k8sops.ViewerGroup)
		}
		rows = append(rows, row)
	}
	for _, p := range c.People {
		row := handlers.Mapping{User: p.Email, Groups: []string{k8sops.Role(p.Role).Group(), k8sops.ViewerGroup}, Slack: p.Slack}
		if row.Slack == "" {
			row.Email = p.Email
		}
		rows = append(rows, row)
	}
	return rows
}
