package secrets

import (
	"context"
	"net/url"
	"regexp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/postgres"
	"opsbot/messages"
)

// noRole is what --role is for a secret that is no password of the database.
const noRole = "none"

var userName = regexp.MustCompile(`(?i)user|role|login|account`)

func isUser(key string) bool { return userName.MatchString(key) && !passwordName.MatchString(key) }

// databaseRole finds out whose password in the database a value is, by logging in with it; "" where it is nobody's. host is where that
// can be proven, "" where every password is let in.
func (o rotate) databaseRole(ctx context.Context, call *k8sops.Call, asked string, s *corev1.Secret, readers []kube.Workload, value string) (role, host string, err error) {
	if asked == noRole {
		return "", "", nil
	}
	server, err := postgres.Of(ctx, o.Platform, call)
	if err != nil {
		return "", "", err
	}
	if host, err = server.CheckedHost(ctx, o.Database.Name, o.Database.User); err != nil {
		return "", "", err
	}
	roles, err := server.LoginRoles(ctx)
	if err != nil {
		return "", "", err
	}
	if asked != "" {
		if !slices.Contains(roles, asked) {
			return "", "", &k8sops.Error{Code: k8sops.CodeNotFound, Message: messages.New("k8sops.secret.unknown_role", "role", messages.Code(asked)),
				Hint: messages.New("k8sops.secret.roles_hint", "roles", strings.Join(roles, ", "))}
		}
		return asked, host, nil
	}
	if host == "" {
		return "", "", &k8sops.Error{Code: k8sops.CodeInvalid, Message: messages.New("k8sops.secret.which_role", "secret", messages.Code(s.Name)),
			Hint: messages.New("k8sops.secret.roles_hint", "roles", strings.Join(roles, ", "))}
	}
	for _, candidate := range o.candidates(s, readers) {
		if !slices.Contains(roles, candidate) {
			continue
		}
		in, err := server.LogsIn(ctx, host, o.Database.Name, candidate, value)
		if in || err != nil {
			return candidate, host, err
		}
	}
	return "", "", nil
}

// candidates are the users that the Secret and its readers name. Few are tried: a failed login is seen by whoever watches for them.
func (o rotate) candidates(s *corev1.Secret, readers []kube.Workload) []string {
	var names []string
	add := func(name string) {
		if name != "" && !slices.Contains(names, name) && len(names) < 5 {
			names = append(names, name)
		}
	}
	for _, key := range keysOf(s) {
		if isUser(key) {
			add(string(s.Data[key]))
		}
		if u, err := url.Parse(string(s.Data[key])); err == nil && u.User != nil {
			add(u.User.Username())
		}
	}
	for _, w := range readers {
		for _, c := range containers(&w.Template().Spec) {
			for _, e := range c.Env {
				if isUser(e.Name) {
					add(e.Value)
				}
			}
		}
	}
	add(o.Database.User)
	return names
}
