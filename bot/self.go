package bot

// Self is the bot's own identity in the workspace, from auth.test.
type Self struct {
	UserID, BotID, TeamID string
	EnterpriseID          string // "" outside of an Enterprise organisation
}
