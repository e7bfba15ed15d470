// Package netpolicy says what Kubernetes' network policies let through: which pods a policy selects, and whether a connection between
// two ends is let out on the one side and in on the other. It asks nobody. Whether anything enforces the policies is the network
// plugin's business, and policies of a plugin's own kinds are not looked at.
package netpolicy
