package backup

import (
	"context"
	"errors"
	"fmt"

	"opsbot/artifacts"
	"opsbot/k8sops"
	"opsbot/messages"
)

// explain passes errors of what was being stored through, and makes those of the storage answers to a person.
func explain(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*k8sops.Error](err); ok {
		return err
	}
	if _, ok := errors.AsType[*k8sops.CommandError](err); ok {
		return err
	}
	e := &k8sops.Error{Code: k8sops.CodeUnavailable, Cause: fmt.Errorf("backup storage: %w", err),
		Message: messages.New("k8sops.backup.storage", "reason", err)}
	failure, ok := errors.AsType[*artifacts.Error](err)
	switch {
	case ok:
		e.Code, e.Message = explainFailure(failure)
		e.Hint = whatIsLeft(failure)
	case errors.Is(err, context.Canceled):
		e.Code, e.Message = k8sops.CodeFailed, messages.New("k8sops.error.cancelled")
	}
	return e
}

func explainFailure(e *artifacts.Error) (k8sops.Code, messages.Text) {
	storage := messages.Code(e.Storage)
	switch e.Kind {
	case artifacts.NotFound:
		return k8sops.CodeNotFound, messages.New("k8sops.backup.gone", "key", messages.Code(e.Key))
	case artifacts.Canceled:
		return k8sops.CodeFailed, messages.New("k8sops.error.cancelled")
	case artifacts.Damaged:
		return k8sops.CodeFailed, messages.New("k8sops.backup.checksum")
	case artifacts.NoBucket:
		return k8sops.CodeUnavailable, messages.New("k8sops.backup.storage.no_bucket", "storage", storage, "reason", e.Reason)
	case artifacts.Full:
		return k8sops.CodeUnavailable, messages.New("k8sops.backup.storage.full", "storage", storage, "reason", e.Reason)
	case artifacts.Refused:
		return k8sops.CodeUnavailable, messages.New("k8sops.backup.storage.refused", "storage", storage, "reason", e.Reason)
	case artifacts.Unreachable:
		return k8sops.CodeUnavailable, messages.New("k8sops.backup.storage.unreachable", "storage", storage, "reason", e.Reason)
	case artifacts.Slow:
		return k8sops.CodeUnavailable, messages.New("k8sops.backup.storage.slow", "storage", storage, "reason", e.Reason)
	}
	return k8sops.CodeUnavailable, messages.New("k8sops.backup.storage", "reason", e.Reason)
}

// whatIsLeft says what became of an upload that failed.
func whatIsLeft(e *artifacts.Error) messages.Text {
	switch {
	case e.Leftover:
		return leftover(e.Key)
	case e.Action == "write" && e.Kind != artifacts.Canceled:
		return messages.New("k8sops.backup.nothing_stored")
	}
	return messages.Text{}
}

func leftover(key string) messages.Text {
	return messages.New("k8sops.backup.leftover", "key", messages.Code(key), "after", unfinishedAfter)
}

// sayWhatIsLeft adds to an answer about a failed dump that the storage could not forget it.
func sayWhatIsLeft(answer, err error) error {
	e, ok := errors.AsType[*k8sops.Error](answer)
	failure, left := errors.AsType[*artifacts.Error](err)
	if !ok || !left || !failure.Leftover || !e.Hint.IsZero() {
		return answer
	}
	said := *e
	said.Hint = whatIsLeft(failure)
	return &said
}
