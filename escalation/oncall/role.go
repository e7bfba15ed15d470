package oncall

import (
	"strings"

	"opsbot/messages"
)

// Role is a role of the handbook's contact table.
type Role string

// The contact roles (handbook: 紧急联系人).
const (
	System      Role = "system"
	DBA         Role = "dba"
	Network     Role = "network"
	Development Role = "development"
)

// Roles that only a ladder may name: the incident's own role, its owner, and every contact.
const (
	Routed   Role = "routed"
	Owner    Role = "owner"
	Everyone Role = "everyone"
)

// ParseRole reads a role's name: the constant, English words, or the handbook's Chinese.
func ParseRole(name string) (Role, bool) {
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "system", "system administrator", "sysadmin", "系统管理员":
		return System, true
	case "dba", "database", "database administrator", "数据库管理员":
		return DBA, true
	case "network", "network administrator", "网络管理员":
		return Network, true
	case "development", "development lead", "dev", "开发负责人":
		return Development, true
	default:
		return "", false
	}
}

// ContactRoles are the roles of the contact table, in the handbook's order.
func ContactRoles() []Role { return []Role{System, DBA, Network, Development} }

// Text is the role in words.
func (r Role) Text() messages.Text {
	switch r {
	case System:
		return messages.New("escalation.role.system")
	case DBA:
		return messages.New("escalation.role.dba")
	case Network:
		return messages.New("escalation.role.network")
	case Development:
		return messages.New("escalation.role.development")
	case Owner:
		return messages.New("escalation.role.owner")
	case Everyone:
		return messages.New("escalation.role.everyone")
	default:
		return messages.Literal(string(r))
	}
}
