package k8sops

import (
	"context"
	"fmt"
	"maps"
	"strings"

	authenticationv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/messages"
)

// Extra is what the API server's audit log is told beside the user: where in Slack a call came from.
func Extra(source Source, call string) map[string][]string {
	extra := map[string][]string{ExtraSlackUser: {source.User}, ExtraCall: {call}}
	if source.Channel != "" {
		extra[ExtraChannel] = []string{source.Channel}
	}
	if source.Incident != "" {
		extra[ExtraIncident] = []string{source.Incident}
	}
	return extra
}

// ApprovedBy is id with who approved its call: the API server's audit log names both.
func (id Identity) ApprovedBy(approver Identity, slackUser string) Identity {
	id.Extra = maps.Clone(id.Extra)
	if id.Extra == nil {
		id.Extra = map[string][]string{}
	}
	id.Extra[ExtraApprovedBy], id.Extra[ExtraApprover] = []string{approver.User}, []string{slackUser}
	return id
}

// ExtraKeys are all keys of Identity.Extra.
func ExtraKeys() []string {
	return []string{ExtraSlackUser, ExtraChannel, ExtraIncident, ExtraCall, ExtraApprovedBy, ExtraApprover}
}

// CanActAs proves that the API server lets the bot act as the client's identity.
func CanActAs(ctx context.Context, client *Client) error {
	_, err := client.Kubernetes.AuthenticationV1().SelfSubjectReviews().Create(ctx, &authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{})
	if err != nil {
		return fmt.Errorf("impersonate: %w", err)
	}
	return nil
}

// OwnGroups are the Kubernetes groups that the generated RBAC knows by itself.
func OwnGroups() []string {
	groups := []string{ViewerGroup}
	for _, role := range ContactRoles() {
		groups = append(groups, role.Group())
	}
	return groups
}

// Identity is the Kubernetes user that a call runs as. Extra reaches the API server's audit log, so that it names
// the Slack user, channel, incident and call behind every request.
type Identity struct {
	User   string              `json:"user"`
	Groups []string            `json:"groups,omitempty"`
	Extra  map[string][]string `json:"extra,omitempty"`
}

// The keys of Identity.Extra. The API server knows extra keys in lower case only.
const (
	ExtraSlackUser = "opsbot.io/slack-user"
	ExtraChannel   = "opsbot.io/channel"
	ExtraIncident  = "opsbot.io/incident"
	ExtraCall      = "opsbot.io/call"
	// ExtraApprovedBy is the Kubernetes user of the second person, ExtraApprover the same person's Slack user.
	ExtraApprovedBy = "opsbot.io/approved-by"
	ExtraApprover   = "opsbot.io/approved-by-slack-user"
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
