package main

import "fmt"

// workloadFile is a deployment to be scaled.
const workloadFile = `apiVersion: apps/v1
kind: Deployment
metadata: {name: %[1]s}
spec:
  replicas: 2
  selector: {matchLabels: {app: %[1]s}}
  template:
    metadata: {labels: {app: %[1]s}}
    spec:
      containers:
      - {name: target, image: "target:1.0"}
`

// databasePodFile is a deployment of one pod.
const databasePodFile = `apiVersion: apps/v1
kind: Deployment
metadata: {name: %[1]s}
spec:
  selector: {matchLabels: {app: %[1]s}}
  template:
    metadata: {labels: {app: %[1]s}}
    spec:
      containers:
      - {name: %[1]s, image: "postgres:16"}
`

// readerFile is a deployment that reads a Secret of its own name.
const readerFile = `apiVersion: apps/v1
kind: Deployment
metadata: {name: %[1]s}
spec:
  selector: {matchLabels: {app: %[1]s}}
  template:
    metadata: {labels: {app: %[1]s}}
    spec:
      containers:
      - {name: reader, image: "reader:1.0", envFrom: [{secretRef: {name: %[1]s}}]}
`

// workloads are the deployments that the rounds scale, one for each round that is played at once.
func workloads() []string {
	const most = 10
	var names []string
	for i := range most {
		names = append(names, fmt.Sprintf("target-%d", i))
	}
	return names
}
