package incident

import (
	"fmt"
	"strings"
)

// HeaderKey is the key of the incident's header message. Everything else is a reply to it.
func HeaderKey(number int64) string { return fmt.Sprintf("incident/%d/header", number) }

// EntryKey is the key of a timeline entry's message in the thread.
func EntryKey(number, entry int64) string { return fmt.Sprintf("incident/%d/entry/%d", number, entry) }

// UpdateKey is the key of the incident's message for stakeholders.
func UpdateKey(number int64) string { return fmt.Sprintf("incident/%d/update", number) }

// FollowUpKey is the key of a follow-up's reminder. Each reminder is a new message, because an edit notifies nobody.
func FollowUpKey(number int64, followUp, reminder int) string {
	return fmt.Sprintf("incident/%d/followup/%d/%d", number, followUp, reminder)
}

// DigestKey is the key of a thread message that lists alerts which came after the opening.
func DigestKey(number, digest int64) string {
	return fmt.Sprintf("incident/%d/alerts/%d", number, digest)
}

// PageID is the id of a row of the page ledger, PageKey the key of its message.
func PageID(number, page int64) string { return fmt.Sprintf("%d/%d", number, page) }

// PageKey is the key of the message of the page with the given PageID.
func PageKey(id string) string {
	number, page, _ := strings.Cut(id, "/")
	return "incident/" + number + "/page/" + page
}

// PageIncident is the incident of a PageID.
func PageIncident(id string) (int64, error) {
	number, _, ok := strings.Cut(id, "/")
	if !ok {
		return 0, fmt.Errorf("page id %q: want incident/page", id)
	}
	return ParseNumber(number)
}
