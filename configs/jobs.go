package configs

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"opsbot/internal/wallclock"
)

const (
	// maxJobName leaves room for the suffix by which a call's Job is known.
	maxJobName      = 40
	defaultDeadline = 10 * time.Minute
	// maxDeadline is below what one call of opsbot may take.
	maxDeadline = 25 * time.Minute
	// noProfile is what a run without a profile is kept as.
	noProfile = "default"
)

var (
	// imageReference is what the container runtimes accept, but for the rarer forms of a registry's address.
	imageReference = regexp.MustCompile(`^[a-z0-9]+([._:-][a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*(:\w[\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$`)
	variableName   = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	quantity       = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?(m|k|Ki|M|Mi|G|Gi)?$`)
	secretKey      = regexp.MustCompile(`^([a-z0-9]([a-z0-9.-]*[a-z0-9])?)/([A-Za-z0-9._-]+)$`)
	secretArgument = regexp.MustCompile(`(?i)^-*[\w.-]*(passw(or)?d|passphrase|secret|token|credentials?|api[_-]?key)=[^$]|://[^/:@\s]*:[^/@\s$]+@`)
	secretVariable = regexp.MustCompile(`(?i)passw|passphrase|pwd|secret|token|credential|api_?key|private_?key|access_?key`)
)

// TakesAtMost is the deadline, with its default.
func (j Job) TakesAtMost() time.Duration { return cmp.Or(j.Deadline, defaultDeadline) }

// SecretKey takes a reference to a Secret apart; both are empty where there is none.
func (v JobVariable) SecretKey() (secret, key string) {
	secret, key, _ = strings.Cut(v.Secret, "/")
	return secret, key
}

// ExampleJobs are those of the documents.
func ExampleJobs() []Job {
	return []Job{
		{
			Name: "load-test", Image: "grafana/k6:1.3.0", Args: []string{"run", "/tests/load.js"}, ServiceAccount: "load-test",
			Env: []JobVariable{{Name: "BASE_URL", Value: "http://api-gateway"}}, Profiles: []JobProfile{{Name: "smoke", Env: []JobVariable{{Name: "VUS", Value: "5"}}}},
		},
		{Name: "deploy", Image: "registry.company.com/deploy:1.0", ServiceAccount: "deploy", SecondPerson: true, Deadline: 20 * time.Minute},
		{Name: "api-test", Image: "registry.company.com/api-tests:1.0", ServiceAccount: "load-test"},
	}
}

func (c *Config) validateJobs(ps *Problems) {
	var names []string
	for i, job := range c.Jobs {
		path := fmt.Sprintf("jobs[%d]", i)
		if slices.Contains(names, job.Name) {
			ps.Add(path+".name", fmt.Sprintf("%q appears twice", job.Name), "give each job its own name")
		}
		names = append(names, job.Name)
		job.validate(ps, path)
	}
	if scan := c.Security.ScanJob; scan != "" && !slices.Contains(names, scan) {
		ps.Add("security.scan_job", fmt.Sprintf("%q is no job", scan), "give the name of one under jobs")
	}
}

func (j Job) validate(ps *Problems, path string) {
	checkJobName(ps, path+".name", j.Name)
	switch {
	case j.Image == "":
		ps.Add(path+".image", "is missing", "give the image to run")
	case !imageReference.MatchString(j.Image):
		ps.Add(path+".image", fmt.Sprintf("%q is not an image", j.Image), "write REPOSITORY:TAG, without spaces")
	}
	if j.ServiceAccount == "" {
		ps.Add(path+".service_account", "is missing", "name the service account whose rights the job has; one without any is enough for most")
	} else {
		checkDNSLabel(ps, path+".service_account", j.ServiceAccount)
	}
	if d := j.TakesAtMost(); d < 10*time.Second || d > maxDeadline {
		ps.Add(path+".deadline", wallclock.FormatDuration(d)+" is out of range", "give 10s to "+wallclock.FormatDuration(maxDeadline))
	}
	for _, q := range []struct{ key, value string }{{".cpu", j.CPU}, {".memory", j.Memory}} {
		if q.value != "" && !quantity.MatchString(q.value) {
			ps.Add(path+q.key, fmt.Sprintf("%q is not a quantity", q.value), "write it as Kubernetes does, such as 500m or 256Mi")
		}
	}
	validateArguments(ps, path+".args", j.Args)
	validateVariables(ps, path+".env", j.Env)
	j.validateProfiles(ps, path+".profiles")
}

func (j Job) validateProfiles(ps *Problems, path string) {
	var names []string
	for i, profile := range j.Profiles {
		at := fmt.Sprintf("%s[%d]", path, i)
		switch {
		case profile.Name == noProfile:
			ps.Add(at+".name", `"default" is what a run without a profile is called`, "give another name")
		case slices.Contains(names, profile.Name):
			ps.Add(at+".name", fmt.Sprintf("%q appears twice", profile.Name), "give each profile its own name")
		default:
			checkJobName(ps, at+".name", profile.Name)
		}
		names = append(names, profile.Name)
		validateArguments(ps, at+".args", profile.Args)
		validateVariables(ps, at+".env", profile.Env)
	}
}

func checkJobName(ps *Problems, path, name string) {
	if !dnsLabel.MatchString(name) || len(name) > maxJobName {
		ps.Add(path, fmt.Sprintf("%q is not a valid name", name), fmt.Sprintf("use lower-case letters, digits and -, at most %d", maxJobName))
	}
}

// validateArguments refuses what anybody who may list pods could read. $(NAME) is a variable, which may come from a Secret.
func validateArguments(ps *Problems, path string, args []string) {
	for i, arg := range args {
		if secretArgument.MatchString(arg) {
			ps.Add(fmt.Sprintf("%s[%d]", path, i), "looks like a secret", "give it as a variable, and write $(NAME) here")
		}
	}
}

func validateVariables(ps *Problems, path string, variables []JobVariable) {
	for i, v := range variables {
		at := fmt.Sprintf("%s[%d]", path, i)
		if !variableName.MatchString(v.Name) {
			ps.Add(at+".name", fmt.Sprintf("%q is not a variable name", v.Name), "use letters, digits and _")
		}
		switch {
		case v.Value != "" && v.Secret != "":
			ps.Add(at, "has both a value and a secret", "keep one")
		case v.Secret != "" && !secretKey.MatchString(v.Secret):
			ps.Add(at+".secret", "does not name a key of a Secret", "write SECRET/KEY")
		case v.Value != "" && (secretVariable.MatchString(v.Name) || secretArgument.MatchString(v.Value)):
			// Not the value: it may be one.
			ps.Add(at+".value", v.Name+" looks like a secret", "put it into a Secret of the namespace and write secret: SECRET/KEY")
		}
	}
}
