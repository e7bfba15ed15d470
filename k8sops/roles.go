package k8sops

import (
	"strings"

	"opsbot/messages"
)

// Kubernetes groups that opsbot gives people: one per contact role, and one for everybody.
const (
	GroupPrefix = "opsbot:"
	ViewerGroup = GroupPrefix + "viewer"
)

// ReadonlyPrefix begins the names of the service accounts that opsbot makes for people and programs that may only look. opsbot's admission policy lets
// its roles make no others.
const ReadonlyPrefix = "readonly-"

// ContactRoles are the roles of the handbook's contact table, in its order.
func ContactRoles() []Role { return []Role{System, DBA, Network, Development} }

// Group is the Kubernetes group of a contact role; Everyone is the viewer group.
func (r Role) Group() string {
	if r == Everyone {
		return ViewerGroup
	}
	return GroupPrefix + string(r)
}

// Name is the role as people call it.
func (r Role) Name() messages.Text {
	switch r {
	case System:
		return messages.New("k8sops.role.system")
	case DBA:
		return messages.New("k8sops.role.dba")
	case Network:
		return messages.New("k8sops.role.network")
	case Development:
		return messages.New("k8sops.role.development")
	case Everyone:
		return messages.New("k8sops.role.everyone")
	}
	return messages.Literal(string(r))
}

// RoleNames joins the names of roles as the reader's language does.
func RoleNames(roles []Role) messages.Text {
	names := make([]messages.Text, len(roles))
	for i, r := range roles {
		names[i] = r.Name()
	}
	return Enumerate(names)
}

// Enumerate joins texts as the reader's language does.
func Enumerate(texts []messages.Text) messages.Text {
	switch len(texts) {
	case 0:
		return messages.Text{}
	case 1:
		return texts[0]
	}
	return messages.New("k8sops.list", "first", texts[0], "rest", Enumerate(texts[1:]))
}

// RolesOf are the contact roles among Kubernetes groups.
func RolesOf(groups []string) []Role {
	var roles []Role
	for _, group := range groups {
		for _, r := range ContactRoles() {
			if strings.EqualFold(group, r.Group()) {
				roles = append(roles, r)
			}
		}
	}
	return roles
}
