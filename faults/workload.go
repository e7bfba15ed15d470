package main

import "fmt"

// deploymentFile is a deployment of pods with one container, which is written as in YAML.
const deploymentFile = `apiVersion: apps/v1
kind: Deployment
metadata: {name: %[1]s}
spec:
  replicas: %[2]d
  selector: {matchLabels: {app: %[1]s}}
  template:
    metadata: {labels: {app: %[1]s}}
    spec:
      containers:
      - {%[3]s}
`

// scaledDeployment is a deployment to be scaled.
func scaledDeployment(name string) []byte {
	return fmt.Appendf(nil, deploymentFile, name, 2, `name: target, image: "target:1.0"`)
}

// databaseDeployment is a deployment of one pod.
func databaseDeployment(name string) []byte {
	return fmt.Appendf(nil, deploymentFile, name, 1, fmt.Sprintf(`name: %s, image: "postgres:16"`, name))
}

// readingDeployment reads a Secret of its own name.
func readingDeployment(name string) []byte {
	return fmt.Appendf(nil, deploymentFile, name, 1, fmt.Sprintf(`name: reader, image: "reader:1.0", envFrom: [{secretRef: {name: %s}}]`, name))
}

// workloads are the deployments that the rounds scale, one for each round that is played at once.
func workloads() []string {
	const most = 10
	var names []string
	for i := range most {
		names = append(names, fmt.Sprintf("target-%d", i))
	}
	return names
}
