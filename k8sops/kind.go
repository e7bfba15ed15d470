package k8sops

// String is the kind as `opsbot operations` prints it.
func (k ArgKind) String() string {
	return [...]string{"workload", "integer", "duration", "string", "choice", "switch", "regexp", "quantity", "time", "person", "secret"}[k]
}

// ArgKind is the type of an argument.
type ArgKind int

// The kinds of argument. KindWorkload is resolved against the live workloads with "did you mean".
const (
	KindWorkload ArgKind = iota // a workload as people name it; "all" where AllowAll
	KindInt
	KindDuration
	KindString
	KindChoice
	KindBool
	KindRegexp
	KindQuantity // as Kubernetes writes it: 500m, 2Gi
	KindTime     // as people write it, or RFC 3339
	KindPerson   // a person in Slack, as <@U123>
	KindSecret   // typed into a form, never into a command line
)
