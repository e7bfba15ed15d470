package slacksim

// joinChannel takes a user into a channel.
func (w *core) joinChannel(ch *channel, user, inviter string) {
	ch.join(user)
	w.pages.Channel(ch)
	w.raiseMembership("member_joined_channel", ch, user, inviter)
}

// leaveChannel takes a user out of a channel.
func (w *core) leaveChannel(ch *channel, user string) {
	ch.leave(user)
	w.pages.Channel(ch)
	w.raiseMembership("member_left_channel", ch, user, "")
}
