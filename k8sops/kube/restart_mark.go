package kube

// kubectl's restarter stamps the time into the template. A plan shows a constant in its place: two plans over the same
// state must be equal, or the confirmation of the first would never hold for the second.
const (
	RestartedAt = "kubectl.kubernetes.io/restartedAt"
	RestartTime = "<now>"
)
