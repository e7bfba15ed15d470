// Command controlplane builds the programs of the test control plane into the shared cache, with its progress on the
// terminal: go test would show that only after a package's tests have ended.
package main

import (
	"context"
	"fmt"
	"os"

	"opsbot/testcluster/programs"
)

func main() {
	if _, err := programs.Build(context.Background(), os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
