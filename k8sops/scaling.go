package k8sops

// scalingOperations change how many replicas run.
func scalingOperations(p Platform) []Operation { return []Operation{scaleOperation(p)} }
