package workload

import (
	"regexp"
	"slices"
	"strings"

	"github.com/distribution/reference"

	"opsbot/k8sops"
	"opsbot/messages"
)

// newImage understands a whole reference, and what replaces the tag or the digest of the current one: ":1.1", "1.1", "release-7",
// "@sha256:…" and "sha256:…". A single word is a tag: whoever means an image of that name adds its tag.
func newImage(typed, current string) (string, error) {
	refused := &k8sops.Error{Code: k8sops.CodeInvalid, Message: messages.New("k8sops.deploy.bad_image", "image", messages.Code(typed))}
	repository, err := repositoryOf(current)
	if err != nil && isShort(typed) {
		return "", refused
	}
	image := typed
	switch {
	case strings.HasPrefix(typed, ":"), strings.HasPrefix(typed, "@"):
		image = repository + typed
	case strings.HasPrefix(typed, "sha256:"):
		image = repository + "@" + typed
	case isShort(typed):
		image = repository + ":" + typed
	}
	if _, err := reference.ParseNormalizedNamed(image); err != nil || len(image) > 512 {
		return "", refused
	}
	return image, nil
}

// isShort reports whether what was typed stands for a part of the current image.
func isShort(typed string) bool {
	word := regexp.MustCompile(`^\w[\w.-]{0,127}$`)
	return strings.HasPrefix(typed, ":") || strings.HasPrefix(typed, "@") || strings.HasPrefix(typed, "sha256:") || word.MatchString(typed)
}

// repositoryOf is an image reference without tag and digest, as it is written.
func repositoryOf(image string) (string, error) {
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return "", err
	}
	written, _, _ := strings.Cut(image, "@")
	if tagged, ok := named.(reference.Tagged); ok {
		written = strings.TrimSuffix(written, ":"+tagged.Tag())
	}
	return written, nil
}

// moves reports whether an image's name may mean another image tomorrow: it has neither a digest nor a tag, or the tag latest.
func moves(image string) bool {
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return false
	}
	if _, fixed := named.(reference.Digested); fixed {
		return false
	}
	tagged, ok := named.(reference.Tagged)
	return !ok || tagged.Tag() == "latest"
}

// fullName is an image's registry and repository, "docker.io/library/redis" for "redis:7"; what is no reference stays as it is.
func fullName(image string) string {
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return image
	}
	return named.Name()
}

// originOf is what is trusted as a whole: a registry, and on one that is open to everybody the account below it.
func originOf(image string) string {
	registry, path, _ := strings.Cut(fullName(image), "/")
	open := []string{"docker.io", "ghcr.io", "quay.io", "gcr.io", "public.ecr.aws", "registry.gitlab.com"}
	if account, _, nested := strings.Cut(path, "/"); nested && slices.Contains(open, registry) {
		return registry + "/" + account
	}
	return registry
}
