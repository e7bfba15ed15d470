package calls

// The names of the pipeline's buttons (messages.Action.Name). The value of ActionRun is a command line, that of ActionUndo
// the id of the call to undo, that of the others names a call and the plan that was shown.
const (
	ActionRun     = "run"
	ActionUndo    = "undo"
	ActionConfirm = "confirm"
	ActionApprove = "approve"
	ActionCancel  = "cancel"
)

// ActionForm is a button that opens a form: its value is a command line that lacks arguments, or an operation's name.
const ActionForm = "form"

// The buttons under the question whether a step was done. Their value names the call, the step and the try.
const (
	ActionStepDone  = "step_done"
	ActionStepAgain = "step_again"
	ActionStepLeave = "step_leave"
)

// ActionStop is the button that stops a run; its value is the call's id.
const ActionStop = "stop"
