package templatediff

import (
	"regexp"
	"strings"
	"time"
)

// The forms that a value which is shown must have. Kubernetes refuses anything else in those fields; a value that has another form
// all the same is not shown.
var (
	nameForm     = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9_./-]{0,251}[A-Za-z0-9_])?$`)
	wordForm     = regexp.MustCompile(`^[A-Z][A-Za-z]{1,40}$`)
	imageForm    = regexp.MustCompile(`^[a-z0-9]([a-zA-Z0-9._-]*[a-zA-Z0-9])?(:[0-9]{1,5})?(/[a-z0-9]([a-z0-9._-]*[a-z0-9])?)*(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(@[a-z0-9]+:[a-f0-9]{32,128})?$`)
	quantityForm = regexp.MustCompile(`^[0-9.]+([numkKMGTPE]i?|e[0-9]+)?$`)
	portForm     = regexp.MustCompile(`^([0-9]{1,5}|[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?)$`)
)

// hasNames tells the lists whose elements are told apart by name, and the maps whose keys are names.
func hasNames(kind string) bool {
	switch lastOf(kind) {
	case "containers", "initContainers", "ephemeralContainers", "env", "envFrom", "ports", "volumeMounts", "volumeDevices", "volumes",
		"imagePullSecrets", "sources", "labels", "annotations", "data", "binaryData", "stringData", "nodeSelector", "limits", "requests", "overhead":
		return true
	}
	return false
}

// isShown reports whether a value may be shown: a person reads images, resources, ports, and the names of things and what refers to
// them. It is a list of what may be shown, since anything else may be a secret.
func isShown(kind, value string) bool {
	form := shownForm(kind)
	return form != nil && form.MatchString(value)
}

func shownForm(kind string) *regexp.Regexp {
	switch {
	case strings.Contains(kind, ".resources.limits"), strings.Contains(kind, ".resources.requests"), strings.HasSuffix(kind, "overhead"), strings.HasSuffix(kind, ".sizeLimit"):
		return quantityForm
	case isReference(kind):
		return nameForm
	case strings.HasSuffix(kind, "ontainers.image"):
		return imageForm
	}
	switch lastOf(kind) {
	case "imagePullPolicy", "restartPolicy", "dnsPolicy", "terminationMessagePolicy", "preemptionPolicy", "protocol", "scheme":
		return wordForm
	case "port":
		return portForm
	}
	return nil
}

// isReference tells the fields that hold the name of something.
func isReference(kind string) bool {
	of, name := "", kind
	if at := strings.LastIndexByte(kind, '.'); at >= 0 {
		of, name = lastOf(kind[:at]), kind[at+1:]
	}
	switch name {
	case "secretName", "claimName", "containerName", "serviceAccountName", "priorityClassName", "runtimeClassName", "schedulerName", "fieldPath", "resource", "volumeName":
		return true
	case "key":
		return strings.HasSuffix(of, "KeyRef")
	case "name":
		return strings.HasSuffix(of, "Ref") || hasNames(of) || of == "secret" || of == "configMap"
	}
	return false
}

// A restart is a new time in the template, where kubectl rollout restart writes it too. A plan shows a constant in its place:
// two plans over the same state must be equal, or the confirmation of the first would never hold for the second.
const (
	RestartedAt = "kubectl.kubernetes.io/restartedAt"
	RestartTime = "<now>"
)

// isRestartTime shows when a restart was, which is all that a restart changes.
func isRestartTime(annotation, value string) bool {
	if annotation != RestartedAt {
		return false
	}
	_, err := time.Parse(time.RFC3339, value)
	return err == nil || value == RestartTime
}

const unshown = "•••"

// shownName is a name as it may be shown.
func shownName(name string) string {
	if nameForm.MatchString(name) {
		return name
	}
	return unshown
}

func shownImage(image string) string {
	if image == "" || imageForm.MatchString(image) {
		return image
	}
	return unshown
}

func lastOf(kind string) string { return kind[strings.LastIndexByte(kind, '.')+1:] }
