package k8sops

import (
	"context"
	"fmt"
	"maps"

	authenticationv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
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
