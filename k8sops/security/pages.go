package security

import (
	"context"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// pageSize bounds what is in memory at once: a cluster may have thousands of bindings.
const pageSize = 250

// eachPage lists page by page. A list that has grown too old in between is begun anew by the caller's next call.
func eachPage[L interface {
	runtime.Object
	metav1.ListInterface
}](ctx context.Context, list func(context.Context, metav1.ListOptions) (L, error), visit func(L)) error {
	options := metav1.ListOptions{Limit: pageSize}
	for {
		page, err := list(ctx, options)
		if err != nil {
			return err
		}
		visit(page)
		if options.Continue = page.GetContinue(); options.Continue == "" {
			return nil
		}
	}
}

func forbidden(err error) bool { return apierrors.IsForbidden(err) }
