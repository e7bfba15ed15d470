package database

import (
	"bytes"
	"cmp"
	"context"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/internal/redact"
	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// redisAccess is what asking Redis takes: to run its client in its pod, and to read the Secret with its password.
func redisAccess(p kube.Platform) []k8sops.Access {
	access := postgresAccess()
	if p.Cache.Secret != "" {
		access = append(access, k8sops.Access{Verb: "get", Resource: "secrets", Name: p.Cache.Secret})
	}
	return access
}

// info is what Redis says of itself: INFO, by field.
type info map[string]string

// number is a field as a number, 0 where it is none.
func (i info) number(field string) int64 {
	n, _ := strconv.ParseInt(i[field], 10, 64)
	return n
}

func (i info) float(field string) float64 {
	f, _ := strconv.ParseFloat(i[field], 64)
	return f
}

func parseInfo(text string) info {
	fields := info{}
	for line := range strings.Lines(text) {
		if name, value, found := strings.Cut(strings.TrimSpace(line), ":"); found && !strings.HasPrefix(name, "#") {
			fields[name] = value
		}
	}
	return fields
}

// askRedis asks every pod of the cache, and gives what the primary says; where none says that it is one, the first.
func askRedis(ctx context.Context, p kube.Platform, call *k8sops.Call) (info, kube.CacheContainer, error) {
	containers, err := p.CacheContainers(ctx, call)
	if err != nil {
		return nil, kube.CacheContainer{}, err
	}
	var first info
	for i, c := range containers {
		said, err := infoOf(ctx, p, call, c)
		if err != nil {
			return nil, c, err
		}
		if said["role"] == "master" {
			return said, c, nil
		}
		if i == 0 {
			first = said
		}
	}
	return first, containers[0], nil
}

// askInfo runs Redis's client with the password from the first line of the input: in an argument it would stand in the API server's
// audit log and in the container's list of processes.
const askInfo = `IFS= read -r password
if [ -n "$password" ]; then REDISCLI_AUTH=$password; export REDISCLI_AUTH; fi
unset password
client=redis-cli
command -v redis-cli >/dev/null 2>&1 || client=valkey-cli
exec "$client" "$@" </dev/null`

func infoOf(ctx context.Context, p kube.Platform, call *k8sops.Call, c kube.CacheContainer) (info, error) {
	password, err := redisPassword(ctx, p, call, c.Spec)
	if err != nil {
		return nil, err
	}
	args := []string{"sh", "-c", askInfo, "sh"}
	if port := redisPort(c.Spec); port != 6379 {
		args = append(args, "-p", strconv.Itoa(int(port)))
	}
	var out bytes.Buffer
	err = call.Client.Executor().Exec(ctx, k8sops.Command{
		Namespace: c.Namespace, Pod: c.Pod, Container: c.Name, Args: append(args, "INFO"), Stdin: strings.NewReader(password + "\n"), Stdout: &out,
	})
	if err != nil {
		return nil, kube.ExplainExec("redis-cli in "+c.Pod, err)
	}
	return answered(c, out.String())
}

// answered takes what Redis answered apart from what it refused. Its client ends well in both cases.
func answered(c kube.CacheContainer, out string) (info, error) {
	if said := parseInfo(out); said["redis_version"] != "" {
		return said, nil
	}
	line, _, _ := strings.Cut(strings.TrimSpace(out), "\n")
	e := &k8sops.Error{Code: k8sops.CodeUnavailable, Message: messages.New("k8sops.redis.refused", "pod", messages.Code(c.Pod), "answer", messages.Clip(redact.Text(line), 200))}
	if strings.Contains(line, "NOAUTH") || strings.Contains(line, "WRONGPASS") || strings.Contains(line, "NOPERM") {
		e.Hint = messages.New("k8sops.redis.password_hint")
	}
	return nil, e
}

// redisPort is where the container says that Redis listens.
func redisPort(c corev1.Container) int32 {
	for _, p := range c.Ports {
		if p.Name == "redis" || p.ContainerPort == 6379 {
			return p.ContainerPort
		}
	}
	return 6379
}

var isPassword = regexp.MustCompile(`(?i)pass|auth`)

// redisPassword is what the configured Secret has under the key from which the container reads its password; "" where no Secret is
// configured: Redis then asks for none, or its client finds REDISCLI_AUTH in the container.
func redisPassword(ctx context.Context, p kube.Platform, call *k8sops.Call, c corev1.Container) (string, error) {
	if p.Cache.Secret == "" {
		return "", nil
	}
	key, other := passwordKey(c, p.Cache.Secret)
	if other != "" {
		return "", &k8sops.Error{Code: k8sops.CodeInvalid, Message: messages.New("k8sops.redis.other_secret", "secret", messages.Code(other)),
			Hint: messages.New("k8sops.redis.other_secret_hint")}
	}
	secret, err := call.Client.Kubernetes.CoreV1().Secrets(call.Namespace).Get(ctx, p.Cache.Secret, metav1.GetOptions{})
	if err != nil {
		return "", k8sops.Explain("get secret "+p.Cache.Secret, err)
	}
	if key == "" {
		keys := slices.DeleteFunc(slices.Sorted(maps.Keys(secret.Data)), func(k string) bool { return !isPassword.MatchString(k) })
		key = strings.Join(keys, ", ") // one, or it names none
	}
	if value := secret.Data[key]; len(value) > 0 {
		return string(value), nil
	}
	return "", &k8sops.Error{Code: k8sops.CodeNotFound, Message: messages.New("k8sops.redis.no_key", "secret", messages.Code(secret.Name), "key", messages.Code(cmp.Or(key, "password")))}
}

// passwordKey is the key of the Secret that the container has in its environment as a password; other is the Secret from which it reads it
// instead.
func passwordKey(c corev1.Container, secret string) (key, other string) {
	for _, e := range c.Env {
		if !isPassword.MatchString(e.Name) || e.ValueFrom == nil || e.ValueFrom.SecretKeyRef == nil {
			continue
		}
		if ref := e.ValueFrom.SecretKeyRef; ref.Name == secret {
			return ref.Key, ""
		}
		other = e.ValueFrom.SecretKeyRef.Name
	}
	return "", other
}
