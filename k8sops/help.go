package k8sops

// helpOperations explain the catalogue to whoever asks. It is set once all operations are known.
func helpOperations() (ops []Operation, setCatalog func([]Operation)) {
	help := &opsHelp{}
	return []Operation{help.operation(), whoamiOperation(help)}, func(catalog []Operation) { help.catalog = catalog }
}
