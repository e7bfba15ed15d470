package generate

import (
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/configs"
)

func TestPeopleOfTheGroups(t *testing.T) {
	c := configs.Default()
	c.People = []configs.Contact{{Role: "dba", Email: "dba@company.com"}, {Role: "development", Email: "dev@company.com"}}
	c.Access.Identities = []configs.Identity{
		{Slack: "U1", User: "second-dba", Groups: []string{"opsbot:dba", "platform-team", "opsbot:on-call"}},
		{Slack: "S1", Groups: []string{"opsbot:development"}},
	}
	users := []string{"dba@company.com", "dev@company.com", "second-dba"}
	require.Equal(t, map[string][]string{
		"opsbot:dba": {"dba@company.com", "second-dba"}, "opsbot:on-call": {"second-dba"},
		"opsbot:development": users, "opsbot:viewer": users,
	}, people(c, users))
}

func TestRBACWithoutAnOperation(t *testing.T) {
	c := configs.Default()
	c.People = []configs.Contact{{Role: "dba", Email: "dba@company.com"}}
	full, err := RBACYAML(c)
	require.NoError(t, err)
	require.Contains(t, string(full), "- secrets\n")
	less, err := RBACChoice{Without: []string{"secret rotate"}}.YAML(c)
	require.NoError(t, err)
	require.NotContains(t, string(less), "  resources:\n  - secrets\n  verbs:\n  - create\n")
	_, err = RBACChoice{Without: []string{"secret rotat"}}.YAML(c)
	require.ErrorContains(t, err, `there is no operation "secret rotat" to leave out`)
}
