package k8sops

// inspectOperations look at the platform and change nothing.
func inspectOperations(p Platform) []Operation {
	return []Operation{eventsOperation(), healthOperation(p), statusOperation(p), topOperation(p)}
}
