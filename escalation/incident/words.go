package incident

import "opsbot/messages"

// Text is the status in words.
func (s Status) Text() messages.Text {
	switch s {
	case Open:
		return messages.New("escalation.status.open")
	case Acknowledged:
		return messages.New("escalation.status.acknowledged")
	case Quiet:
		return messages.New("escalation.status.quiet")
	default:
		return messages.New("escalation.status.resolved")
	}
}

// Text is the stage in words.
func (s Stage) Text() messages.Text {
	switch s {
	case Respond:
		return messages.New("escalation.stage.respond")
	case Diagnose:
		return messages.New("escalation.stage.diagnose")
	case Resolve:
		return messages.New("escalation.stage.resolve")
	case Postmortem:
		return messages.New("escalation.stage.postmortem")
	default:
		return messages.New("escalation.stage.done")
	}
}

// Text is the reason in words.
func (r Reason) Text() messages.Text {
	switch r {
	case ReasonOpened:
		return messages.New("escalation.reason.opened")
	case ReasonNewAlerts:
		return messages.New("escalation.reason.news")
	case ReasonEscalated:
		return messages.New("escalation.reason.escalated")
	case ReasonAssigned:
		return messages.New("escalation.reason.assigned")
	case ReasonHandoff:
		return messages.New("escalation.reason.handoff")
	case ReasonKept:
		return messages.New("escalation.reason.kept")
	case ReasonForgotten:
		return messages.New("escalation.reason.forgotten")
	default:
		return messages.New("escalation.reason.deadline")
	}
}

// Text is the state of a page in words.
func (s PageState) Text() messages.Text {
	switch s {
	case PageIntended:
		return messages.New("escalation.page_state.intended")
	case PageAttempted:
		return messages.New("escalation.page_state.attempted")
	case PageDelivered:
		return messages.New("escalation.page_state.delivered")
	case PageAcked:
		return messages.New("escalation.page_state.acked")
	case PageCancelled:
		return messages.New("escalation.page_state.cancelled")
	default:
		return messages.New("escalation.page_state.failed")
	}
}

// Text is the kind of a timeline entry in a word.
func (k EntryKind) Text() messages.Text {
	switch k {
	case EntryAlert:
		return messages.New("escalation.kind.alert")
	case EntryPage, EntryReceipt:
		return messages.New("escalation.kind.page")
	case EntryAction:
		return messages.New("escalation.kind.action")
	case EntryCommand:
		return messages.New("escalation.kind.command")
	case EntryApproval:
		return messages.New("escalation.kind.approval")
	case EntryCluster:
		return messages.New("escalation.kind.cluster")
	case EntryNote:
		return messages.New("escalation.kind.note")
	case EntryFollowUp:
		return messages.New("escalation.kind.follow_up")
	default:
		return messages.New("escalation.kind.stage")
	}
}
