package slacksim

import "opsbot/slacksim/workspace"

// Deactivate takes the person's account away, as an administrator of the workspace does, and raises user_change.
func (a *Actor) Deactivate() { a.change(func(u *workspace.Person) { u.Deactivated = true }) }

// ChangeEmail gives the person another e-mail address, and raises user_change.
func (a *Actor) ChangeEmail(email string, confirmed bool) {
	a.change(func(u *workspace.Person) { u.Email, u.EmailUnconfirmed = email, !confirmed })
}

// Uninvite makes the person somebody who was invited and has not accepted, and raises user_change.
func (a *Actor) Uninvite() { a.change(func(u *workspace.Person) { u.Invited = true }) }

func (a *Actor) change(change func(*workspace.Person)) {
	a.w.Mu.Lock()
	defer a.w.Mu.Unlock()
	change(a.u)
	a.w.ChangedUser(a.u)
}
