package blockkit

import "encoding/json"

// View reports what Slack has against view as the view argument of views.open, push, update or publish.
func View(view json.RawMessage) []Problem {
	v, err := decode(view)
	o, ok := v.(map[string]any)
	if err != nil || !ok {
		return []Problem{{Message: "must provide an object", Pointer: "/view"}}
	}
	w := newWalker(viewSurface(o))
	w.value(union(familyView), "/view", o)
	if len(view) > maxViewBytes {
		w.problems = append(w.problems, Problem{Message: CodeViewTooLarge, Pointer: "/view", Code: CodeViewTooLarge})
	}
	return w.problems
}

func viewSurface(o map[string]any) surface {
	if o["type"] == "home" {
		return home
	}
	return modal
}
