package blockkit

// schemas finds an object by its family and name. It is a table and is never written to.
var schemas = map[family]map[string]object{
	familyBlock:     blocks,
	familyElement:   elements,
	familyObject:    objects,
	familyRichBlock: richBlocks,
	familyInline:    inlines,
	familyCell:      cells,
	familyChart:     charts,
	familyTask:      tasks,
	familyView:      views,
}
