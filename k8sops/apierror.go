package k8sops

import (
	"context"
	"errors"
	"net"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"opsbot/messages"
)

// Explain turns an error of the API server into an answer to a person; action is for the log. A nil err stays nil, an
// *Error stays as it is, and a cancelled context stays recognisable.
func Explain(action string, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*Error](err); ok {
		return err
	}
	if e := refusedByPolicy(err); e != nil {
		e.Cause = errors.Join(errors.New(action), err)
		return e
	}
	if e := refusedAtAdmission(err); e != nil {
		e.Cause = errors.Join(errors.New(action), err)
		return e
	}
	e := &Error{Cause: errors.Join(errors.New(action), err)}
	reason := err.Error()
	switch {
	case errors.Is(err, context.Canceled):
		e.Code, e.Message = CodeFailed, messages.New("k8sops.error.cancelled")
	case apierrors.IsForbidden(err), apierrors.IsUnauthorized(err):
		e.Code, e.Message = CodeForbidden, messages.New("k8sops.error.forbidden", "reason", reason)
	case apierrors.IsNotFound(err):
		e.Code, e.Message = CodeNotFound, messages.New("k8sops.error.not_found", "reason", reason)
	case apierrors.IsConflict(err):
		e.Code, e.Message = CodeConflict, messages.New("k8sops.error.conflict", "reason", reason)
	case apierrors.IsInvalid(err), apierrors.IsBadRequest(err):
		e.Code, e.Message = CodeInvalid, messages.New("k8sops.error.invalid", "reason", reason)
	case unavailable(err):
		e.Code, e.Message = CodeUnavailable, messages.New("k8sops.error.unavailable", "reason", reason)
		e.Hint = messages.New("k8sops.error.unavailable_hint")
	default:
		e.Code, e.Message = CodeFailed, messages.New("k8sops.error.failed", "reason", reason)
	}
	return e
}

func unavailable(err error) bool {
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	return errors.Is(err, context.DeadlineExceeded) || apierrors.IsServiceUnavailable(err) || apierrors.IsTimeout(err) ||
		apierrors.IsServerTimeout(err) || apierrors.IsTooManyRequests(err) || apierrors.IsInternalError(err)
}
