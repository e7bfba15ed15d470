package configs

import (
	"fmt"
	"slices"
)

// ByRole are the user groups that are configured, by contact role.
func (g UserGroups) ByRole() map[string]string {
	groups := map[string]string{RoleSystem: g.System, RoleDBA: g.DBA, RoleNetwork: g.Network, RoleDevelopment: g.Development}
	for role, group := range groups {
		if group == "" {
			delete(groups, role)
		}
	}
	return groups
}

// validate also refuses groups that give rights: everybody of the contact table may make anybody of it a stand-in, and
// must not give away rights in Kubernetes with that.
func (g UserGroups) validate(ps *Problems, identities []Identity) {
	groups := g.ByRole()
	seen := map[string]string{}
	for _, role := range Roles() {
		group, path := groups[role], "slack.user_groups."+role
		givesRights := func(id Identity) bool { return id.Slack == group }
		switch {
		case group == "":
		case !slackGroupID.MatchString(group):
			ps.Add(path, fmt.Sprintf("%q is not a Slack user group id", group), "give its id (S…), which the group's menu in Slack copies")
		case seen[group] != "":
			ps.Add(path, fmt.Sprintf("is the user group of the role %s too", seen[group]), "give each role its own group")
		case slices.ContainsFunc(identities, givesRights):
			ps.Add(path, "gives rights by access.identities, and whoever is made a stand-in would get them", "use another group for one of the two")
		}
		seen[group] = role
	}
}
