package workspace

// pages are the open pages of people. The methods are called with the workspace's lock held.
type pages interface {
	// Message tells of a message that was posted ("message"), changed ("message_changed") or deleted ("message_deleted").
	Message(event string, c *Channel, m *Message)
	Channel(c *Channel)
	// View shows a modal ("view") or a Home tab ("home").
	View(event string, v *View)
	// Send is for all other events; they go to the pages of one user, or of all when that is "".
	Send(user string, event obj)
}
