package webapi

// method declares one Web API method.
type method struct {
	name string
	// tier is how many calls a minute Slack allows; 0 is "special".
	tier int
	// scopes: the token needs one of them; none means no scope.
	scopes []string
	// conv are scopes that depend on the conversation's type. They are
	// checked when the handler looks the conversation up.
	conv *convScopes
	// appLevel methods take the xapp- token, all others the xoxb- token.
	appLevel bool
	// run answers the call; it holds Workspace.Mu.
	run func(w *API, c *call) (obj, error)
}

// Tiers of SF-5.1, in calls per minute.
const (
	tierSpecial = 0
	tier2       = 20
	tier3       = 50
	tier4       = 100
)

// accepted are all scopes that the method may ask for.
func (m *method) accepted() []string {
	if m.conv != nil {
		return m.conv.all()
	}
	return m.scopes
}

func methodTable() map[string]*method {
	table := map[string]*method{}
	for _, part := range [][]method{
		teamMethods(), chatMethods(), conversationMethods(), historyMethods(), userMethods(), usergroupMethods(),
		viewMethods(), fileMethods(), canvasMethods(), reactionMethods(), pinMethods(), bookmarkMethods(),
	} {
		for i := range part {
			table[part[i].name] = &part[i]
		}
	}
	return table
}
