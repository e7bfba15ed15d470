// Package configured makes what the configuration describes: the contact table, the policy, the cluster, the operations, the
// clients. It is the only place that turns configuration into the types of the other packages.
package configured

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"opsbot/bot/directory"
	"opsbot/configs"
	"opsbot/escalation/oncall"
)

// Contacts is the contact table as the escalation package knows it.
func Contacts(c configs.Config) []oncall.Contact {
	var contacts []oncall.Contact
	for _, p := range c.People {
		contact := oncall.Contact{
			ID: p.Key(), Role: oncall.Role(p.Role), Name: p.Name, Phone: p.Phone, Email: p.Email, Duty: p.Duty,
			Slack: p.Slack, Locale: p.Locale,
		}
		for _, channel := range c.Paging.OrderOf(p) {
			contact.Pages = append(contact.Pages, oncall.Via(channel))
		}
		contacts = append(contacts, contact)
	}
	return contacts
}

// Rotations are the rotations of the contact table, likewise.
func Rotations(c configs.Config) []oncall.Rotation {
	var rotations []oncall.Rotation
	for _, r := range c.Rotations {
		if r.Calendar != "" {
			continue
		}
		first, days := r.Turns()
		rotations = append(rotations, oncall.Rotation{Role: oncall.Role(r.Role), People: r.People, First: first, Days: days})
	}
	return rotations
}

// FindSlackUsers fills in the Slack users of those that the table gives only the e-mail address of. unknown are those whom
// Slack does not know by it.
func FindSlackUsers(ctx context.Context, people *directory.People, contacts []oncall.Contact) (found, unknown []oncall.Contact, err error) {
	for _, c := range contacts {
		if c.Slack == "" && c.Email != "" {
			person, err := people.ByEmail(ctx, c.Email)
			switch {
			case errors.Is(err, directory.ErrNoPerson):
				unknown = append(unknown, c)
			case err != nil:
				return nil, nil, fmt.Errorf("find contact %s in Slack: %w", c.Name, err)
			}
			c.Slack, c.Locale = person.ID, cmp.Or(c.Locale, person.Locale)
		}
		found = append(found, c)
	}
	return found, unknown, nil
}
