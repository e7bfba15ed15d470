package k8sops

// logsOperations read what programs wrote.
func logsOperations(p Platform) []Operation { return []Operation{logsOperation(p)} }
