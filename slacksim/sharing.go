package slacksim

import (
	"fmt"

	"opsbot/slacksim/workspace"
)

// ShareChannel connects a channel with another organisation over Slack Connect, and raises channel_shared.
func (w *Workspace) ShareChannel(channel, team string) {
	w.changeChannel(channel, func(c *workspace.Channel) { w.Share(c, team) })
}

// UnshareChannel takes a channel away from another organisation, and raises channel_unshared.
func (w *Workspace) UnshareChannel(channel, team string) {
	w.changeChannel(channel, func(c *workspace.Channel) { w.Unshare(c, team) })
}

// InviteOrganisation invites another organisation to a channel; it has not accepted yet.
func (w *Workspace) InviteOrganisation(channel, team string) {
	w.changeChannel(channel, func(c *workspace.Channel) { c.InvitedOrg = team })
}

// ShareInOrganisation gives a channel to other workspaces of the same organisation.
func (w *Workspace) ShareInOrganisation(channel string) {
	w.changeChannel(channel, func(c *workspace.Channel) { c.OrgShared = true })
}

func (w *Workspace) changeChannel(channel string, change func(*workspace.Channel)) {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	c := w.Conversation(channel)
	if c == nil {
		panic(fmt.Sprintf("slacksim: no channel %q", channel))
	}
	change(c)
}
