package blockkit

// views are the payloads of views.* (SF-4.60).
var views = map[string]object{
	"modal": {fields: fields{
		"title":            required(plain(24)),
		"submit":           plain(24),
		"close":            plain(24),
		"blocks":           required(list(union(familyBlock), 0, maxViewBlocks)),
		"private_metadata": text(0, 3000),
		"callback_id":      text(0, 255),
		"external_id":      text(0, 255),
		"clear_on_close":   boolean,
		"notify_on_close":  boolean,
	}, checks: []check{inputsNeedSubmit}},
	"home": {fields: fields{
		"blocks":           required(list(union(familyBlock), 0, maxViewBlocks)),
		"private_metadata": text(0, 3000),
		"callback_id":      text(0, 255),
		"external_id":      text(0, 255),
	}},
}
