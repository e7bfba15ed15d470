package configs

import (
	"cmp"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"opsbot/configs/settings"
)

// Contact is one row of the contact table: the handbook's columns (紧急联系人) and the person's Slack user.
type Contact struct {
	// ID is what rotations and the page ledger call the person; see Key.
	ID    string `key:"id"`
	Role  string `key:"role"`
	Name  string `key:"name"`
	Phone string `key:"phone"`
	Email string `key:"email"`
	Duty  string `key:"duty"`
	Slack string `key:"slack"`
	// Pages are the channels on which the person is paged, in order; empty means paging.order.
	Pages []string `key:"pages"`
	// Locale is the language of pages outside Slack; empty means the one set in Slack, else locale.
	Locale string `key:"locale"`
}

// Key is the person's id: the one that is given, else the e-mail address, else the Slack user.
func (c Contact) Key() string { return cmp.Or(c.ID, c.Email, c.Slack) }

// ContactTable is the form of contacts.yaml.
type ContactTable struct {
	Contacts  []Contact  `key:"contacts"`
	Rotations []Rotation `key:"rotations"`
}

//go:embed contacts.yaml
var handbookContacts []byte

var slackUserID = regexp.MustCompile(`^[UW][A-Z0-9]{2,}$`)

// HandbookContacts is the contact table as the handbook prints it, with placeholder people.
func HandbookContacts() ([]Contact, error) {
	table, err := ParseContacts("contacts.yaml", handbookContacts)
	return table.Contacts, err
}

// HandbookContactsFile is the same table as a file, for writing a first contacts.yaml.
func HandbookContactsFile() []byte { return slices.Clone(handbookContacts) }

// ParseContacts reads a contact table; name is for error messages. Rows keep their order. Role becomes one of Roles,
// whichever name the table uses, and the people of rotations become ids. The error is of type Problems.
func ParseContacts(name string, data []byte) (ContactTable, error) {
	doc, problems := settings.ParseDocument(name, data, reflect.TypeFor[ContactTable]())
	if !doc.Usable(problems) {
		return ContactTable{}, problems
	}
	table, problems := decodeContacts(doc, problems)
	return table, problems.Err()
}

// loadContacts reads the table that c.Contacts names, unless that key itself is broken.
func (c *Config) loadContacts(dir string, broken bool) Problems {
	if broken || c.Contacts == "" {
		return nil
	}
	file := c.Contacts
	if !filepath.IsAbs(file) {
		file = filepath.Join(dir, file)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return Problems{{
			Path: "contacts", What: fmt.Sprintf("file %s cannot be read: %s", file, settings.Cause(err)),
			Fix: "write the contact table there, after the model of configs/contacts.yaml",
		}}
	}
	doc, problems := settings.ParseDocument(filepath.Base(file), data, reflect.TypeFor[ContactTable]())
	if doc.Usable(problems) {
		var table ContactTable
		table, problems = decodeContacts(doc, problems)
		c.People, c.Rotations = table.Contacts, table.Rotations
		for i, r := range c.Rotations {
			if r.Calendar != "" && !strings.Contains(r.Calendar, "://") && !filepath.IsAbs(r.Calendar) {
				c.Rotations[i].Calendar = filepath.Join(filepath.Dir(file), r.Calendar)
			}
		}
	}
	return problems
}

func decodeContacts(doc settings.Document, problems Problems) (ContactTable, Problems) {
	var table ContactTable
	problems = doc.Decode(&table, problems)
	for i := range table.Contacts {
		table.Contacts[i].Role = roleOf(table.Contacts[i].Role)
	}
	for i := range table.Rotations {
		table.Rotations[i].Role = roleOf(table.Rotations[i].Role)
	}
	problems.AddUnbroken(validateContacts(table.Contacts))
	problems.AddUnbroken(validateRotations(table.Rotations, table.Contacts))
	problems.Locate(doc.Origin)
	return table, problems
}

// roleOf finds the role behind the handbook's title, an English title, or the role's own name.
func roleOf(title string) string {
	switch strings.ToLower(strings.TrimSpace(title)) {
	case "系统管理员", "system administrator", RoleSystem:
		return RoleSystem
	case "数据库管理员", "database administrator", RoleDBA:
		return RoleDBA
	case "网络管理员", "network administrator", RoleNetwork:
		return RoleNetwork
	case "开发负责人", "development lead", RoleDevelopment:
		return RoleDevelopment
	}
	return title
}

func validateContacts(contacts []Contact) Problems {
	var problems Problems
	seen := map[string]int{}
	for i, contact := range contacts {
		path := fmt.Sprintf("contacts[%d]", i)
		contact.validate(&problems, path)
		key := strings.ToLower(contact.Role + " " + contact.Email + " " + contact.Slack)
		if first, ok := seen[key]; ok {
			problems.Add(path, fmt.Sprintf("is the same person in the same role as contacts[%d]", first), "remove one of them")
		}
		seen[key] = i
		contact.checkID(&problems, path, contacts[:i])
	}
	if !slices.ContainsFunc(contacts, func(c Contact) bool { return c.Role == RoleSystem }) {
		problems.Add("contacts", "has no one in the role system (系统管理员)", "add one: whatever no other role answers goes there")
	}
	return problems
}

// checkID refuses one id for two people. One person may have a row for each of several roles.
func (c Contact) checkID(problems *Problems, path string, before []Contact) {
	isOther := func(o Contact) bool { return o.Key() == c.Key() && (o.Email != c.Email || o.Slack != c.Slack) }
	first := slices.IndexFunc(before, isOther)
	if first < 0 || c.Key() == "" {
		return
	}
	if c.ID == "" && before[first].ID == "" {
		problems.Add(path, fmt.Sprintf("is the person of contacts[%d] with another Slack user or e-mail address", first), "make the two rows agree")
		return
	}
	problems.Add(path+".id", fmt.Sprintf("%q is already used by contacts[%d]", c.Key(), first), "give every person their own id")
}

func (c Contact) validate(problems *Problems, path string) {
	if !slices.Contains(Roles(), c.Role) {
		problems.Add(path+".role", fmt.Sprintf("unknown role %q", c.Role), "use 系统管理员, 数据库管理员, 网络管理员, 开发负责人 or "+orList(Roles()))
	}
	if c.Name == "" {
		problems.Add(path+".name", "is missing", "give the person's name")
	}
	if c.Email == "" && c.Slack == "" && !isInternationalNumber(c.Phone) {
		problems.Add(path, "cannot be reached", "give email, slack, or a phone number in international form (+8613800000001)")
	}
	for i, channel := range c.Pages {
		validateChannel(problems, fmt.Sprintf("%s.pages[%d]", path, i), channel, c.Pages[:i])
	}
	if c.Locale != "" {
		checkOneOf(problems, path+".locale", c.Locale, []string{"en", "zh-CN"})
	}
	if c.Email != "" && !isEmail(c.Email) {
		problems.Add(path+".email", fmt.Sprintf("%q is not an e-mail address", c.Email), "write it as name@company.com")
	}
	if c.Slack != "" && !slackUserID.MatchString(c.Slack) {
		problems.Add(path+".slack", fmt.Sprintf("%q is not a Slack user id", c.Slack),
			"copy the member id (U…) from the person's Slack profile, or leave it out to find the person by e-mail")
	}
}
