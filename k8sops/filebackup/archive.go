package filebackup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"golang.org/x/sync/errgroup"

	"opsbot/k8sops"
	"opsbot/k8sops/backup"
	"opsbot/messages"
)

// archive has tar write the directory to w, and notes what passed. It goes by what stands in the archive itself: an exit code says that
// tar is content, and nothing of what arrived.
func archive(ctx context.Context, call *k8sops.Call, files *backup.Files, w io.Writer) error {
	reader, writer := io.Pipe()
	var seen contents
	var inspected error
	group := errgroup.Group{}
	group.Go(func() error {
		seen, inspected = inspect(reader, files.Path)
		reader.CloseWithError(inspected)
		return nil
	})
	err := call.Client.Executor().Exec(ctx, k8sops.Command{
		Namespace: call.Namespace, Pod: files.Pod, Container: files.Container, Stdout: io.MultiWriter(w, writer),
		// From the root, so that the archive has the names of the container, and a link in place of the directory is seen as one.
		Args: []string{"tar", "-cf", "-", "-C", "/", "." + files.Path},
	})
	changed, err := tolerated(err)
	writer.CloseWithError(err)
	_ = group.Wait()
	if refused, ok := errors.AsType[*k8sops.Error](inspected); ok && inspected != err { //nolint:errorlint // the pipe hands it on as it is
		return refused
	}
	if err != nil {
		return explainTar(files, err)
	}
	if inspected != nil {
		return fmt.Errorf("read the archive of %s: %w", files.Pod, inspected)
	}
	files.Entries, files.Bytes, files.Changed = seen.entries, seen.bytes, changed
	return nil
}

// complaints are how GNU tar says with exit code 1 that a file was not the same all the while. The archive is whole then.
var complaints = regexp.MustCompile(`^tar: .*: (file changed as we read it|File removed before we read it|File shrank by \d+ bytes?; padding with zeros)$`)

// tolerated gives the complaints about files that changed, where tar has no others.
func tolerated(err error) (changed []string, _ error) {
	failed, ok := errors.AsType[*k8sops.CommandError](err)
	if !ok || failed.Code != 1 {
		return nil, err
	}
	for i, line := range strings.Split(strings.TrimSpace(failed.Stderr), "\n") {
		switch {
		case complaints.MatchString(line):
			changed = append(changed, strings.TrimPrefix(line, "tar: "))
		case i > 0 || strings.HasPrefix(line, "tar: "): // only the end of what tar says is kept, so the first line may be half
			return nil, err
		}
	}
	if len(changed) == 0 {
		return nil, err
	}
	return changed, nil
}

// explainTar recognises an image without tar.
func explainTar(files *backup.Files, err error) error {
	failed, ran := errors.AsType[*k8sops.CommandError](err)
	missing := ran && (failed.Code == 126 || failed.Code == 127)
	if !ran {
		missing = strings.Contains(err.Error(), "executable file not found") || strings.Contains(err.Error(), "no such file or directory")
	}
	if !missing {
		return err
	}
	return &k8sops.Error{Code: k8sops.CodeUnavailable, Cause: err,
		Message: messages.New("k8sops.backup_files.no_tar", "container", messages.Code(files.Container), "pod", messages.Code(files.Pod))}
}
