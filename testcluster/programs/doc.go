// Package programs builds the control plane's programs, once for every test and demo of this user.
//
// The nested module in testcluster/tools names them in its tool directives, so that k8s.io/kubernetes never enters the
// product's go.mod. [Build] builds them with the Go tool: minutes the first time, then shared through a cache directory (see
// [CacheDirEnv]). The go tool refuses to embed files of another module, so embedded/ holds copies of tools/go.mod and
// tools/go.sum: they make the build independent of the working directory and of the source tree. `go generate` refreshes
// them and a test fails when they are stale.
package programs

//go:generate cp ../tools/go.mod embedded/tools.mod
//go:generate cp ../tools/go.sum embedded/tools.sum
