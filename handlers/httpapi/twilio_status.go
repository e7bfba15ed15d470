package httpapi

import (
	"net/http"

	"go.uber.org/zap"

	"opsbot/escalation/incident"
)

// takeStatus takes in what became of an SMS or a call after Twilio took it. Only what came to nothing matters: that a
// message was delivered or a call taken is no answer.
func (a *Answers) takeStatus(w http.ResponseWriter, r *http.Request) {
	if !a.genuine(w, r) {
		return
	}
	problem := failedStatus(r.PostForm.Get("MessageStatus")+r.PostForm.Get("CallStatus"), r.PostForm.Get("ErrorCode"))
	p, err := a.open(r.Context(), r.PathValue("token"))
	if err == nil && problem != "" {
		err = a.Incidents.PageOutcome(r.Context(), p.ID, incident.PageFailed, problem)
	}
	if err != nil {
		a.Log.Error("status of a page not noted", zap.String("page", p.ID), zap.Error(err))
		w.WriteHeader(statusOf(err))
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// failedStatus is what to write down of a status; "" for those that are no failure.
func failedStatus(status, code string) string {
	switch status {
	case "failed", "undelivered", "busy", "no-answer", "canceled":
	default:
		return ""
	}
	if code == "" {
		return status
	}
	return status + " (Twilio error " + code + ")"
}
