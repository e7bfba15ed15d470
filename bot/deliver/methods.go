package deliver

// Web API methods that delivery calls.
const (
	methodPost       = "chat.postMessage"
	methodUpdate     = "chat.update"
	methodEphemeral  = "chat.postEphemeral"
	methodHistory    = "conversations.history"
	methodReplies    = "conversations.replies"
	methodInfo       = "conversations.info"
	methodJoin       = "conversations.join"
	methodOpen       = "conversations.open"
	methodUploadURL  = "files.getUploadURLExternal"
	methodUploadDone = "files.completeUploadExternal"
)

// perMinute is the tier of each method (SF-5, SF-6). chat.postMessage has no tier but a workspace cap of "several
// hundred per minute" (SF-5.5).
func perMinute(method string) int {
	switch method {
	case methodPost:
		return 300
	case methodEphemeral, methodUploadURL, methodUploadDone:
		return 100
	default: // tier 3
		return 50
	}
}
