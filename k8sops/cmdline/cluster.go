package cmdline

import (
	"slices"
	"strings"

	"opsbot/k8sops"
)

// LineOn is a command line that names a cluster where there are several, unless it names one already. What is no command line
// stays as it is.
func LineOn(ops []k8sops.Operation, line, cluster string) string {
	words, err := SplitWords(line)
	if err != nil || len(words) == 0 {
		return line
	}
	if _, members := BareFamily(ops, words); members != nil {
		return line // the question what there is
	}
	op, rest, err := FindOperation(ops, words)
	if err != nil {
		return line
	}
	arg, ok := op.Arg(k8sops.ClusterArg)
	if !ok || arg.Hidden || slices.ContainsFunc(rest, namesCluster) {
		return line
	}
	return closed(line) + " --" + k8sops.ClusterArg + " " + k8sops.QuoteWord(cluster)
}

// closed is a line that another word can follow: a backslash at its end would escape the space.
func closed(line string) string {
	if slashes := len(line) - len(strings.TrimRight(line, `\`)); slashes%2 == 1 {
		return line + `\`
	}
	return line
}

func namesCluster(w Word) bool {
	name, _, _, isFlag := w.flag()
	return isFlag && name == k8sops.ClusterArg
}
