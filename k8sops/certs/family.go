package certs

import (
	"opsbot/k8sops"
	"opsbot/k8sops/certificate"
	"opsbot/k8sops/kube"
)

// Operations look at certificates and replace them.
func Operations(p kube.Platform) []k8sops.Operation {
	return []k8sops.Operation{show{p}.spec().Operation(), renew{p}.spec().Operation(), restore{p}.spec().Operation()}
}

// owners are who answers for what the platform shows to the world.
func owners() []k8sops.Role { return []k8sops.Role{k8sops.System, k8sops.Network} }

// dial is how servers are reached.
func dial(p kube.Platform) certificate.Dial {
	if p.Dial != nil {
		return p.Dial
	}
	return certificate.FromHere
}

// secretAccess is for the TLS secrets that the configuration names. Where it names none, Ingresses do, and reading those is up to the person: no
// role gets a right to every Secret for it.
func secretAccess(p kube.Platform, verbs ...string) []k8sops.Access {
	var access []k8sops.Access
	for _, verb := range verbs {
		if len(p.Certificates) == 0 {
			access = append(access, k8sops.Access{Verb: verb, Resource: "secrets", Optional: true})
		}
		for _, name := range p.Certificates {
			access = append(access, k8sops.Access{Verb: verb, Resource: "secrets", Name: name})
		}
	}
	return access
}
