package backup

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"opsbot/k8sops"
	"opsbot/messages"
)

// pageSize bounds what is in memory of a namespace with very many objects.
const pageSize = 200

// eachObject visits what people and programs made in the call's namespace, in the order of a restore, a page at a time. What is not seen
// is named.
func (d Deps) eachObject(ctx context.Context, call *k8sops.Call, visit func(servedKind, *unstructured.Unstructured) error) ([]LeftOut, error) {
	kinds, down, err := servedKinds(ctx, call)
	if err != nil {
		return nil, err
	}
	var out []LeftOut
	for _, version := range down {
		out = append(out, LeftOut{version, NotServed})
	}
	for _, k := range kinds {
		if k.name() == "secrets" && !d.keepsSecrets() {
			out = append(out, LeftOut{k.name(), NotEncrypted})
			continue
		}
		err := eachOfKind(ctx, call, k, visit)
		switch {
		case apierrors.IsForbidden(err):
			out = append(out, LeftOut{k.name(), NotAllowed})
		case apierrors.IsNotFound(err): // removed since discovery
		case err != nil:
			return out, k8sops.Explain("list "+k.name(), err)
		}
	}
	return out, nil
}

func eachOfKind(ctx context.Context, call *k8sops.Call, k servedKind, visit func(servedKind, *unstructured.Unstructured) error) error {
	options := metav1.ListOptions{Limit: pageSize}
	for {
		page, err := call.Client.Dynamic.Resource(k.GroupVersionResource).Namespace(call.Namespace).List(ctx, options)
		if err != nil {
			return err
		}
		for i := range page.Items {
			o := &page.Items[i]
			// A list of Kubernetes' own kinds does not repeat the kind in its items.
			o.SetGroupVersionKind(k.GroupVersion().WithKind(k.kind))
			if madeByKubernetes(o) {
				continue
			}
			if err := visit(k, o); err != nil {
				return err
			}
		}
		if options.Continue = page.GetContinue(); options.Continue == "" {
			return nil
		}
	}
}

// writeObjects writes the configuration as JSON, an object a line, and notes what was written.
func (d Deps) writeObjects(ctx context.Context, call *k8sops.Call, b *Backup, progress k8sops.Progress, w io.Writer) (err error) {
	size := &meter{}
	lines := json.NewEncoder(io.MultiWriter(w, size))
	lines.SetEscapeHTML(false)
	b.LeftOut, err = d.eachObject(ctx, call, func(_ servedKind, o *unstructured.Unstructured) error {
		kept := cleaned(o)
		if err := lines.Encode(kept.Object); err != nil {
			return fmt.Errorf("write %s: %w", refOf(kept), err)
		}
		b.Objects = append(b.Objects, refOf(kept))
		if len(b.Objects)%pageSize == 0 {
			progress.Report(len(b.Objects), 0, messages.New("k8sops.backup_config.running", "count", len(b.Objects)))
		}
		return nil
	})
	b.DumpSize = size.bytes.Load()
	return err
}

// readObjects visits the objects of a stored backup. Where they cannot be read to their end, or the checksum is another, it ends in an error.
func (d Deps) readObjects(ctx context.Context, b *Backup, visit func(*unstructured.Unstructured) error) (err error) {
	stored, err := d.open(ctx, b)
	if err != nil {
		return err
	}
	defer func() {
		if closed := stored.Close(); err == nil {
			err = closed
		}
	}()
	lines := json.NewDecoder(stored)
	for {
		o := &unstructured.Unstructured{}
		switch err := lines.Decode(o); {
		case stored.err != nil:
			return stored.err
		case err == io.EOF:
			return nil
		case err != nil:
			return fmt.Errorf("read object of backup %s: %w", b.ID, err)
		}
		if err := visit(o); err != nil {
			return err
		}
	}
}
