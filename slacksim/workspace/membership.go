package workspace

// JoinChannel takes a user into a channel.
func (w *Workspace) JoinChannel(ch *Channel, user, inviter string) {
	ch.Join(user)
	w.Pages.Channel(ch)
	w.raiseMembership("member_joined_channel", ch, user, inviter)
}

// LeaveChannel takes a user out of a channel.
func (w *Workspace) LeaveChannel(ch *Channel, user string) {
	ch.leave(user)
	w.Pages.Channel(ch)
	w.raiseMembership("member_left_channel", ch, user, "")
}
