package help

import "opsbot/k8sops"

// Operations explain the catalogue to whoever asks. It is set once all operations are known.
func Operations() (ops []k8sops.Operation, setCatalog func([]k8sops.Operation)) {
	help := &opsHelp{}
	return []k8sops.Operation{help.spec().Operation(), whoamiSpec(help).Operation()}, func(catalog []k8sops.Operation) { help.catalog = catalog }
}
