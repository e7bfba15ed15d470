package k8sops

// workloadOperations change what runs: images, revisions, restarts.
func workloadOperations(p Platform) []Operation {
	return []Operation{
		deployOperation(p), rollbackOperation(p), rolloutHistoryOperation(p), rolloutRestartOperation(p), rolloutStatusOperation(p),
	}
}
