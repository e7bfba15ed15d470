package network

import (
	"opsbot/k8sops/netpolicy"
	"opsbot/messages"
)

// judge compares what the policies say with what happened.
func (c connection) judge() messages.Finding {
	how := untried
	if c.found.tcp != nil {
		how = c.found.tcp.outcome()
	}
	broken := c.brokenService()
	switch {
	case how == untried:
		return c.untried()
	case how != connected && !broken.IsZero():
		return messages.Finding{Tone: messages.ToneBad, Text: broken}
	case how == unresolved:
		return c.unresolved()
	case c.said.answer() == netpolicy.Denied:
		return c.denied(how)
	case how == connected:
		return messages.Finding{Tone: messages.ToneGood, Text: messages.New("k8sops.net_test.judge.connected")}
	case how == refused:
		return messages.Finding{Tone: messages.ToneBad, Text: messages.New("k8sops.net_test.judge.refused")}
	case c.said.answer() == netpolicy.Unknown:
		return messages.Finding{Tone: messages.ToneBad, Text: messages.New("k8sops.net_test.judge.unknown")}
	}
	return messages.Finding{Tone: messages.ToneBad, Text: messages.New("k8sops.net_test.judge.allowed")}
}

// brokenService is what is wrong with the service, whatever the network does; zero for nothing.
func (c connection) brokenService() messages.Text {
	s := c.to.service
	if s == nil || len(s.Spec.Selector) == 0 {
		return messages.Text{}
	}
	if len(c.to.pods) == 0 {
		return messages.New("k8sops.net_test.no_pods", "service", messages.Code(s.Name))
	}
	if _, known := c.to.portOf(&c.to.pods[0]); !known {
		return messages.New("k8sops.net_test.no_port", "service", messages.Code(s.Name), "port", c.to.port)
	}
	return messages.Text{}
}

func (c connection) untried() messages.Finding {
	return messages.Finding{Tone: messages.ToneWarning, Text: messages.New("k8sops.net_test.judge.untried", "container", messages.Code(c.from.container))}
}

func (c connection) unresolved() messages.Finding {
	if c.said.dns.Answer == netpolicy.Denied {
		return messages.Finding{Tone: messages.ToneBad, Text: messages.New("k8sops.net_test.judge.dns_denied", "policies", nameList(c.said.dns.Selecting))}
	}
	return messages.Finding{Tone: messages.ToneBad, Text: messages.New("k8sops.net_test.judge.unresolved")}
}

// denied: the policies say no.
func (c connection) denied(how outcome) messages.Finding {
	by := nameList(c.said.deniedBy())
	switch how {
	case connected:
		return messages.Finding{Tone: messages.ToneWarning, Text: messages.New("k8sops.net_test.judge.not_enforced", "policies", by)}
	case refused:
		return messages.Finding{Tone: messages.ToneBad, Text: messages.New("k8sops.net_test.judge.denied_refused", "policies", by)}
	}
	return messages.Finding{Tone: messages.ToneBad, Text: messages.New("k8sops.net_test.judge.denied", "policies", by)}
}
