package oncall

import (
	"fmt"
	"net/mail"
	"regexp"
	"slices"
)

// phoneForm also takes the placeholder x of the handbook's table (138xxxx0001).
var phoneForm = regexp.MustCompile(`^\+?[0-9x][0-9x ()-]{4,24}$`)

var slackUserForm = regexp.MustCompile(`^[UW][A-Z0-9]{2,20}$`)

// IsSlackUser reports whether id has the form of a Slack user id.
func IsSlackUser(id string) bool { return slackUserForm.MatchString(id) }

func validateContacts(contacts []Contact) []error {
	var problems []error
	problem := func(i int, field, format string, args ...any) {
		problems = append(problems, fmt.Errorf("contacts[%d].%s: %s", i, field, fmt.Sprintf(format, args...)))
	}
	ids, slacks := map[string]int{}, map[string]int{}
	for i, c := range contacts {
		checkContact(c, func(field, format string, args ...any) { problem(i, field, format, args...) })
		if first, seen := ids[c.ID]; seen && c.ID != "" && !c.isSamePerson(contacts[first]) {
			problem(i, "id", "%q is already used by contacts[%d]", c.ID, first)
		} else {
			ids[c.ID] = i
		}
		if first, seen := slacks[c.Slack]; seen && c.Slack != "" && c.ID != contacts[first].ID {
			problem(i, "slack", "%q is already used by contacts[%d]", c.Slack, first)
		} else {
			slacks[c.Slack] = i
		}
	}
	return problems
}

func checkContact(c Contact, problem func(field, format string, args ...any)) {
	if c.ID == "" {
		problem("id", "missing")
	}
	if c.Name == "" {
		problem("name", "missing")
	}
	if _, ok := ParseRole(string(c.Role)); !ok {
		problem("role", "%q is not a role: want 系统管理员 (system), 数据库管理员 (dba), 网络管理员 (network) or 开发负责人 (development)", c.Role)
	}
	if c.Phone != "" && !phoneForm.MatchString(c.Phone) {
		problem("phone", "%q is not a phone number", c.Phone)
	}
	if address, err := mail.ParseAddress(c.Email); c.Email != "" && (err != nil || address.Address != c.Email) {
		problem("email", "%q is not an e-mail address", c.Email)
	}
	if c.Slack != "" && !slackUserForm.MatchString(c.Slack) {
		problem("slack", "%q is not a Slack user id (U… or W…)", c.Slack)
	}
	checkChannels(c, problem)
}

func checkChannels(c Contact, problem func(field, format string, args ...any)) {
	if _, callable := CallableNumber(c.Phone); c.Slack == "" && c.Email == "" && !callable {
		problem("slack", "missing, and there is neither an e-mail address nor a phone number in international form (+86…)")
	}
	for i, via := range c.Pages {
		if !slices.Contains(Vias(), via) {
			problem(fmt.Sprintf("pages[%d]", i), "%q is not a channel", via)
		}
	}
}

func (d Directory) checkRotation(i int, r Rotation) []error {
	var problems []error
	problem := func(field, format string, args ...any) {
		problems = append(problems, fmt.Errorf("rotations[%d].%s: %s", i, field, fmt.Sprintf(format, args...)))
	}
	if _, ok := ParseRole(string(r.Role)); !ok {
		problem("role", "%q is not a role", r.Role)
	}
	for j, id := range r.People {
		if _, ok := d.ByID(id); !ok {
			problem(fmt.Sprintf("people[%d]", j), "%q is not in the contact table", id)
		}
	}
	if len(r.People) == 0 {
		problem("people", "nobody")
	}
	if r.First.IsZero() {
		problem("start", "missing")
	}
	if r.Days < 1 {
		problem("shift", "%d days, want 1 or more", r.Days)
	}
	return problems
}
