package redact

// finders are what looks closer, by the word that leads there (in lower case). Rules that are regular expressions are beside them.
func finders() map[string]finder {
	all := map[string]finder{"://": address, `:\/\/`: address, "@": schemeless, "bearer ": scheme, "basic ": scheme, "bearer+": scheme, "bearer%20": scheme}
	for word, class := range fieldWords() {
		all[word] = fieldFinder(class)
	}
	for _, word := range chineseWords() {
		all[word] = chineseField
	}
	for _, name := range queryNames() {
		for _, before := range []string{"?", "&", ";", `\u0026`, "%26", "%3f"} {
			all[before+name+"="] = parameter
		}
		all["&amp;"+name+"="] = parameter
	}
	for _, t := range tokens() {
		all[t.word()] = t.find
	}
	return all
}
