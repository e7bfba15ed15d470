package setup

import "slices"

// botScopes are the OAuth scopes that opsbot's calls and events need (SF-6, SF-7.1), sorted. The manifest asks
// for them and Check compares them with what the token has.
func botScopes() []string {
	return []string{
		"app_mentions:read", // app_mention
		"canvases:write",    // canvases.*
		"channels:history",  // conversations.history/.replies, to find a message of unknown outcome
		"channels:join",     // conversations.join
		"channels:read",     // conversations.list/.info
		"chat:write",        // chat.*
		"chat:write.public", // answers in public channels the bot is not in
		"commands",          // slash commands
		"files:read",        // files.info, for the link to a canvas
		"files:write",       // files.*
		"groups:history",    // as channels:history, in private channels
		"groups:read",       // as channels:read
		"im:history",        // message.im, and finding direct messages
		"im:write",          // conversations.open
		"reactions:read",    // reaction_added and reaction_removed, and who put an emoji on a message
		"usergroups:read",   // usergroups.list
		"users:read",        // users.info
		"users:read.email",  // users.lookupByEmail and the e-mail in profiles
	}
}

// manifestScopes are botScopes and those that only some configurations need.
func manifestScopes(managesUserGroups bool) []string {
	scopes := botScopes()
	if managesUserGroups {
		scopes = append(scopes, scopeUserGroups)
	}
	slices.Sort(scopes)
	return scopes
}

// missingScopes lists what is needed and not granted.
func missingScopes(granted []string) []string {
	return slices.DeleteFunc(botScopes(), func(s string) bool { return slices.Contains(granted, s) })
}

// scopeUserGroups is needed to change the members of user groups.
const scopeUserGroups = "usergroups:write" // usergroups.users.update
