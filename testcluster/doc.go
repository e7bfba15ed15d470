// Package testcluster runs a real Kubernetes control plane on this machine, for tests and for the demo.
//
// # What runs
//
// etcd, kube-apiserver, kube-controller-manager and kube-scheduler are the official programs. The nodes are simulated by
// kwok, which also answers exec (by running the command on this machine) and logs (from a file per pod). metrics-server
// is optional ([Options.Metrics]). Everything listens on random loopback ports, keeps its data in one temporary
// directory, and dies with the process that started it.
//
// # Rooms
//
// programs builds the control plane's programs, pki makes their certificates, host has what they need of this machine
// (processes, ports, locks, a data directory), and podlog writes the logs of the simulated pods. This package starts the
// cluster, brings up the handbook's platform, breaks it on request, and runs a real PostgreSQL.
//
// # How the simulation works
//
// manifests/pod-stages.yaml holds the life of a pod as kwok stages: pending, pulling, ready, crash-looping, unready. Which
// of them apply is decided by the image tag ("bad" cannot be pulled, "crash" crash-loops) and by an annotation that the
// break helpers put on the pods ([Cluster.CrashLoop], [Cluster.Unready], [Cluster.Load], [Cluster.Fix]). One
// goroutine, the caretaker, watches the pods and does what a kubelet would do for them beyond kwok: it gives each pod its
// own log file, and makes new pods of a broken or loaded deployment share its fate.
//
// # Use in tests
//
//	func TestMain(m *testing.M) { testcluster.Main(m) }
//
//	func TestSomething(t *testing.T) {
//		c := testcluster.Shared(t) // one cluster per test binary; skips with -short
//		ns := testcluster.NewNamespace(t)
//		…
//	}
package testcluster
