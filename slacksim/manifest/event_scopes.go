package manifest

import "strings"

// EventScopes are the bot scopes of which an event needs one (SF-7.1).
func EventScopes(event string) []string {
	if kind, ok := strings.CutPrefix(event, "message."); ok {
		return []string{kind + ":history"}
	}
	switch event {
	case "app_mention":
		return []string{"app_mentions:read"}
	case "reaction_added", "reaction_removed":
		return []string{"reactions:read"}
	case "member_joined_channel", "member_left_channel":
		return []string{"channels:read", "groups:read"}
	case "channel_created", "channel_rename", "channel_deleted", "channel_archive", "channel_unarchive":
		return []string{"channels:read"}
	case "channel_shared", "channel_unshared":
		return []string{"channels:read", "groups:read"}
	case "team_join", "user_change":
		return []string{"users:read"}
	case "subteam_created", "subteam_updated", "subteam_members_changed":
		return []string{"usergroups:read"}
	case "pin_added", "pin_removed":
		return []string{"pins:read"}
	case "file_shared":
		return []string{"files:read"}
	case "link_shared":
		return []string{"links:read"}
	default:
		return nil
	}
}
