package configured

import (
	"slices"
	"strings"

	"opsbot/configs"
	"opsbot/handlers/identity"
	"opsbot/k8sops"
)

// Identities are the configured identities as the handlers use them. Where access.identities names a person of the contact table, its
// user name wins.
func Identities(c configs.Config) []identity.Mapping {
	var rows []identity.Mapping
	for _, id := range c.Access.Identities {
		row := identity.Mapping{User: id.User, Groups: id.Groups}
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
		row := identity.Mapping{User: p.Email, Groups: []string{k8sops.Role(p.Role).Group(), k8sops.ViewerGroup}, Slack: p.Slack, Implied: true}
		if row.Slack == "" {
			row.Email = p.Email
		}
		rows = append(rows, row)
	}
	return rows
}
