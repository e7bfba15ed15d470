package messages

// Map is the card with every string that a person reads changed by f: literals, arguments, code, files. What machines read stays: ids,
// links, the names and values of buttons, people and channels.
func (c Card) Map(f func(string) string) Card {
	m := mapping(f)
	c.Title, c.Notification = m.text(c.Title), m.text(c.Notification)
	c.Facts = mapped(c.Facts, func(fact Fact) Fact { return Fact{m.text(fact.Label), m.text(fact.Value)} })
	c.Sections = mapped(c.Sections, m.section)
	c.Actions = mapped(c.Actions, m.action)
	c.Footer = mapped(c.Footer, m.text)
	c.Files = mapped(c.Files, m.file)
	return c
}

// Map is the text with its literal and its arguments changed by f.
func (t Text) Map(f func(string) string) Text { return mapping(f).text(t) }

type mapping func(string) string

func mapped[T any](list []T, f func(T) T) []T {
	if list == nil {
		return nil
	}
	out := make([]T, len(list))
	for i, v := range list {
		out[i] = f(v)
	}
	return out
}

func (f mapping) text(t Text) Text {
	if t.Literal != "" {
		t.Literal = f(t.Literal)
	}
	if t.Args == nil {
		return t
	}
	args := make(map[string]Value, len(t.Args))
	for name, v := range t.Args {
		args[name] = f.value(v)
	}
	t.Args = args
	return t
}

func (f mapping) value(v Value) Value {
	switch v.Kind {
	case KindString, KindCode, KindLink:
		v.S = f(v.S)
	case KindText:
		if v.Text != nil {
			text := f.text(*v.Text)
			v.Text = &text
		}
	}
	return v
}

func (f mapping) section(s Section) Section {
	if s.Text != nil {
		text := f.text(*s.Text)
		s.Text = &text
	}
	s.List = mapped(s.List, f.text)
	if s.Table != nil {
		s.Table = &Table{Columns: s.Table.Columns, Rows: mapped(s.Table.Rows, func(row []Text) []Text { return mapped(row, f.text) })}
	}
	if s.Code != nil {
		s.Code = &Block{Language: s.Code.Language, Content: f(s.Code.Content)}
	}
	s.Actions = mapped(s.Actions, f.action)
	if s.Finding != nil {
		finding := *s.Finding
		finding.Text = f.text(finding.Text)
		if finding.Action != nil {
			action := f.action(*finding.Action)
			finding.Action = &action
		}
		s.Finding = &finding
	}
	return s
}

func (f mapping) action(a Action) Action {
	a.Label = f.text(a.Label)
	if a.Confirm != nil {
		a.Confirm = &Confirm{f.text(a.Confirm.Title), f.text(a.Confirm.Text), f.text(a.Confirm.Yes), f.text(a.Confirm.No)}
	}
	a.Options = mapped(a.Options, func(o Option) Option { return Option{f.text(o.Label), o.Value} })
	return a
}

func (f mapping) file(file File) File {
	if content := string(file.Content); content != "" {
		file.Content = []byte(f(content))
	}
	file.Title = f.text(file.Title)
	return file
}
