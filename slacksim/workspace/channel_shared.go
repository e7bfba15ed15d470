package workspace

import "slices"

// addSharing adds to a channel object with whom the channel is shared.
func (c *Channel) addSharing(o obj, team string) {
	external := len(c.SharedWith) > 0
	o["is_shared"] = external || c.OrgShared
	o["is_ext_shared"] = external
	o["is_org_shared"] = c.OrgShared
	o["is_pending_ext_shared"] = c.InvitedOrg != ""
	o["shared_team_ids"] = append([]string{team}, c.SharedWith...)
	o["connected_team_ids"] = slices.Clone(c.SharedWith)
	if c.InvitedOrg != "" {
		o["pending_connected_team_ids"] = []string{c.InvitedOrg}
	}
}

// Share connects the channel with another organisation, as accepting an invitation to Slack Connect does.
func (w *Workspace) Share(c *Channel, team string) {
	c.InvitedOrg = ""
	if !slices.Contains(c.SharedWith, team) {
		c.SharedWith = append(c.SharedWith, team)
	}
	w.Pages.Channel(c)
	if c.Has(w.App.BotUser) {
		w.Raise("channel_shared", obj{"type": "channel_shared", "connected_team_id": team, "channel": c.ID})
	}
}

// Unshare disconnects the channel from another organisation.
func (w *Workspace) Unshare(c *Channel, team string) {
	c.SharedWith = slices.DeleteFunc(c.SharedWith, func(t string) bool { return t == team })
	w.Pages.Channel(c)
	if c.Has(w.App.BotUser) {
		w.Raise("channel_unshared", obj{
			"type": "channel_unshared", "previously_connected_team_id": team, "channel": c.ID, "is_ext_shared": len(c.SharedWith) > 0,
		})
	}
}
