package blockkit

// cells are the cells of table and data_table (SF-4.30, SF-4.31).
var cells = map[string]object{
	"raw_text":   {fields: fields{"text": required(words(1, 10_000))}},
	"raw_number": {fields: fields{"value": required(rule{kind: kindReal}), "text": words(1, 10_000)}},
	"rich_text":  {fields: fields{"elements": required(endless(union(familyRichBlock), 1))}},
}

// charts are the kinds of data_visualization (SF-4.32).
var charts = map[string]object{
	"pie":  {fields: fields{"segments": required(list(objectOf("segment"), 1, 12))}},
	"bar":  series,
	"line": series,
	"area": series,
}

var series = object{fields: fields{
	"series":      required(list(objectOf("series"), 1, 12)),
	"axis_config": required(objectOf("axis_config")),
}, checks: []check{everyCategory}}
