package oncall

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"opsbot/messages"
)

// Directory is the contact table, in the order of the file, with who is on call when. The zero Directory is empty. A
// Directory is immutable.
type Directory struct {
	contacts  []Contact
	rotations map[Role]Rotation
	overrides []Override // in the order in which they were made
	calendars map[Role]Calendar
}

// NewDirectory makes a Directory of valid contacts and rotations, at most one for a role; the error joins every problem,
// each with its path ("contacts[2].phone: …"). Role names are accepted as ParseRole knows them. Somebody with several
// roles has a row for each, with the same ID.
func NewDirectory(contacts []Contact, rotations ...Rotation) (Directory, error) {
	clean := slices.Clone(contacts)
	for i := range clean {
		if role, ok := ParseRole(string(clean[i].Role)); ok {
			clean[i].Role = role
		}
	}
	if problems := validateContacts(clean); len(problems) > 0 {
		return Directory{}, errors.Join(problems...)
	}
	return Directory{contacts: clean}.withRotations(rotations)
}

func (d Directory) withRotations(rotations []Rotation) (Directory, error) {
	var problems []error
	d.rotations = make(map[Role]Rotation, len(rotations))
	for i, r := range rotations {
		problems = append(problems, d.checkRotation(i, r)...)
		if role, ok := ParseRole(string(r.Role)); ok {
			r.Role = role
		}
		if _, twice := d.rotations[r.Role]; twice {
			problems = append(problems, fmt.Errorf("rotations[%d].role: %q has a rotation already", i, r.Role))
		}
		d.rotations[r.Role] = r
	}
	return d, errors.Join(problems...)
}

// WithLast is the same table with one channel moved to the end of everybody's channels.
func (d Directory) WithLast(via Via) Directory {
	d.contacts = slices.Clone(d.contacts)
	for i, c := range d.contacts {
		ways := c.Channels()
		others := slices.DeleteFunc(slices.Clone(ways), func(v Via) bool { return v == via })
		if len(others) > 0 && len(others) < len(ways) {
			d.contacts[i].Pages = append(others, via)
		}
	}
	return d
}

// All contacts.
func (d Directory) All() []Contact { return slices.Clone(d.contacts) }

// ByRole returns the contacts of a role, reachable or not.
func (d Directory) ByRole(role Role) []Contact {
	return d.filter(func(c Contact) bool { return c.Role == role || role == Everyone })
}

// Reachable returns the contacts of a role (or of Everyone) that can be paged.
func (d Directory) Reachable(role Role) []Contact {
	return d.filter(func(c Contact) bool { return (c.Role == role || role == Everyone) && c.Reachable() })
}

// BySlack finds the contact with a Slack user id.
func (d Directory) BySlack(id string) (Contact, bool) {
	i := slices.IndexFunc(d.contacts, func(c Contact) bool { return id != "" && c.Slack == id })
	if i < 0 {
		return Contact{}, false
	}
	return d.contacts[i], true
}

// ByID finds the contact with an id.
func (d Directory) ByID(id string) (Contact, bool) {
	i := slices.IndexFunc(d.contacts, func(c Contact) bool { return c.ID == id })
	if i < 0 {
		return Contact{}, false
	}
	return d.contacts[i], true
}

// FindByName finds the contact id of a person by what other programs call them: the id, the e-mail address, the name. ok is
// false where that is nobody, or several people.
func (d Directory) FindByName(name string) (id string, ok bool) {
	for _, matches := range []func(Contact) bool{
		func(c Contact) bool { return c.ID == name },
		func(c Contact) bool { return c.Email != "" && strings.EqualFold(c.Email, name) },
		func(c Contact) bool { return c.Name == name },
	} {
		if people := d.filter(matches); len(people) == 1 {
			return people[0].ID, true
		}
	}
	return "", false
}

// ByActor finds the contact who did something: by Slack user id or, for somebody who is not in Slack, by contact id.
func (d Directory) ByActor(actor string) (Contact, bool) {
	if c, ok := d.BySlack(actor); ok {
		return c, true
	}
	return d.ByID(actor)
}

// Named is format with people written by name, for what is read outside Slack.
func (d Directory) Named(format messages.Format) messages.Format {
	byID := format.User
	format.User = func(id string) string {
		if c, ok := d.ByActor(id); ok {
			return format.Escape(c.Name)
		}
		return byID(id)
	}
	return format
}

// filter returns everybody once, also people with several roles.
func (d Directory) filter(keep func(Contact) bool) []Contact {
	var found []Contact
	for _, c := range d.contacts {
		isKnown := func(known Contact) bool { return known.ID == c.ID }
		if keep(c) && !slices.ContainsFunc(found, isKnown) {
			found = append(found, c)
		}
	}
	return found
}

// NameOf is what people call a contact.
func (d Directory) NameOf(id string) string {
	if c, ok := d.ByID(id); ok {
		return c.Name
	}
	return id
}

// Person is the contact who did something; somebody outside the contact table can be paged too, by Slack id.
func (d Directory) Person(slack string) Contact {
	if c, ok := d.ByActor(slack); ok {
		return c
	}
	return Contact{ID: slack, Name: slack, Slack: slack}
}
