package access

import (
	"cmp"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"

	"opsbot/messages"
)

// subject is somebody who has rights.
type subject struct{ kind, namespace, name string }

// The prefixes of the names that Kubernetes gives to service accounts and their groups.
const (
	accountPrefix = "system:serviceaccount:"
	accountGroup  = "system:serviceaccounts"
	everybody     = "system:authenticated"
	anonymous     = "system:unauthenticated"
)

// subjectOf is the subject of a binding. A service account may be named as the user that it is.
func subjectOf(s rbacv1.Subject, namespace string) subject {
	if account, isAccount := strings.CutPrefix(s.Name, accountPrefix); isAccount && s.Kind == rbacv1.UserKind {
		in, name, _ := strings.Cut(account, ":")
		return subject{rbacv1.ServiceAccountKind, in, name}
	}
	if s.Kind == rbacv1.ServiceAccountKind {
		return subject{s.Kind, cmp.Or(s.Namespace, namespace), s.Name}
	}
	return subject{s.Kind, "", s.Name}
}

// text is the subject for people.
func (s subject) text() messages.Text {
	switch s.kind {
	case rbacv1.ServiceAccountKind:
		return messages.New("k8sops.rights.account", "name", messages.Code(s.namespace+"/"+s.name))
	case rbacv1.GroupKind:
		return messages.New("k8sops.rights.group", "name", messages.Code(s.name))
	}
	return messages.New("k8sops.rights.user", "name", messages.Code(s.name))
}

// typed is how a command line names the subject.
func (s subject) typed() string {
	if s.kind == rbacv1.ServiceAccountKind {
		return s.namespace + "/" + s.name
	}
	return s.name
}

// isSystems reports whether the subject is one of Kubernetes' own.
func (s subject) isSystems() bool {
	return s.kind == rbacv1.ServiceAccountKind && s.namespace == "kube-system" || strings.HasPrefix(s.name, "system:") && s.name != everybody && s.name != anonymous
}

// groups are those that Kubernetes puts the subject into by itself.
func (s subject) groups() []string {
	switch s.kind {
	case rbacv1.ServiceAccountKind:
		return []string{accountGroup, accountGroup + ":" + s.namespace, everybody}
	case rbacv1.UserKind:
		return []string{everybody}
	}
	return nil
}

// of are the grants of a subject: its own, and those of the groups that it is in by itself. What Kubernetes gives to everybody is left out.
func (b book) of(s subject) []grant {
	found := slices.Clone(b[s])
	for _, group := range s.groups() {
		for _, g := range b[subject{rbacv1.GroupKind, "", group}] {
			if !g.builtIn {
				found = append(found, g)
			}
		}
	}
	return found
}

// subjects are those with rights here that are not Kubernetes' own, sorted; more is how many of those there are.
func (b book) subjects() (found []subject, more int) {
	for s, grants := range b {
		byItself := !slices.ContainsFunc(grants, func(g grant) bool { return !g.builtIn })
		if s.isSystems() || byItself {
			more++
			continue
		}
		found = append(found, s)
	}
	slices.SortFunc(found, func(x, y subject) int {
		return cmp.Or(strings.Compare(x.kind, y.kind), strings.Compare(x.namespace, y.namespace), strings.Compare(x.name, y.name))
	})
	return found, more
}
