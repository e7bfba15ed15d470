package blockkit

// kind is the JSON shape that a rule asks for.
type kind int

const (
	kindText   kind = iota + 1 // a string, its length in code points
	kindURL                    // a string that is an http(s) URL
	kindImage                  // the URL of an image that Slack downloads when the message is posted (SF-4.26)
	kindNumber                 // a whole number
	kindReal                   // any number
	kindBool                   // true or false
	kindList                   // an array of item
	kindObject                 // the object family/name
	kindUnion                  // one object of a family, told apart by its "type"
	kindRich                   // a text object, plain_text or mrkdwn (SF-4.59)
	kindPlain                  // a text object that must be plain_text
)

// rule says what one value must look like. Rules are data and are never changed after they are made.
type rule struct {
	kind     kind
	required bool
	// min and max bound code points, items or the number itself; unbounded above where max is 0 and bounded is false.
	min, max int
	bounded  bool
	// warn is the smaller limit where the sources disagree: above it Slack may refuse (section 10 of the facts).
	warn int
	enum []string
	// shown marks text that counts against the message's budget (SF-4.7).
	shown bool
	item  *rule
	// family and names select objects; no names means the whole family.
	family family
	names  []string
}

// family groups the objects that "type" tells apart in one place.
type family string

const (
	familyBlock     family = "block"
	familyElement   family = "element"
	familyRichBlock family = "rich text block"
	familyInline    family = "rich text inline"
	familyCell      family = "table cell"
	familyChart     family = "chart"
	familyObject    family = "object"
	familyView      family = "view"
	familyTask      family = "task"
)

// object is a closed schema: whatever is not among its fields is refused (SF-4.63).
type object struct {
	fields   fields
	surfaces surface
	// checks look at rules between fields, after the fields themselves.
	checks []check
}

type fields map[string]rule

// check reports what is wrong with the object at ptr beyond its single fields.
type check func(w *walker, ptr string, o map[string]any)

// surface is a set of places where a block may stand.
type surface int

const (
	message surface = 1 << iota
	modal
	home
)

func required(r rule) rule { r.required = true; return r }

func text(min, max int) rule {
	return rule{kind: kindText, min: min, max: max, bounded: true}
}

// words is text that a person reads.
func words(min, max int) rule { r := text(min, max); r.shown = true; return r }

func oneOf(values ...string) rule { return rule{kind: kindText, enum: values} }

func link(max int) rule { return rule{kind: kindURL, min: 1, max: max, bounded: true} }

func number(min, max int) rule { return rule{kind: kindNumber, min: min, max: max, bounded: true} }

func list(item rule, min, max int) rule {
	return rule{kind: kindList, item: &item, min: min, max: max, bounded: true}
}

// endless is a list for which no upper limit is known.
func endless(item rule, min int) rule { return rule{kind: kindList, item: &item, min: min} }

func objectOf(name string) rule {
	return rule{kind: kindObject, family: familyObject, names: []string{name}}
}

func union(f family, names ...string) rule { return rule{kind: kindUnion, family: f, names: names} }

func plain(max int) rule { return rule{kind: kindPlain, min: 1, max: max, bounded: true} }

func rich(max int) rule { return rule{kind: kindRich, min: 1, max: max, bounded: true} }

var boolean = rule{kind: kindBool}

func warnAbove(limit int, r rule) rule { r.warn = limit; return r }
