// Package k8sops is the catalogue of operations on Kubernetes that a person can run from Slack.
//
// Every operation is declared once, in a file of its own, as an Operation: name, arguments, danger, the access it needs, the
// roles that own it, and its functions Plan, Run, Verify and Undo. Parser, help, access preflight, RBAC and documentation
// follow from the declaration. Catalog gives them all.
//
// A caller goes through Parse, Resolve, Preflight, Plan, Run and Verify, in this order, with a Client that impersonates the
// person who asks: what Kubernetes would not let that person do is not done. A plan changes nothing and is the same for
// the same state, so that a confirmation can be bound to it; Run refuses with CodeConflict what has changed since.
//
// Whatever programs wrote (logs, events, standard error, pod templates) passes redact before it leaves the package.
package k8sops
