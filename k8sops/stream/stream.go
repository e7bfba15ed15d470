// Package stream lists many objects of the core API without ever holding the list in memory.
package stream

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"

	"opsbot/k8sops"
)

// Pruning names protobuf fields to cut out of an object before it is decoded: nil cuts the whole field, otherwise its
// own fields are pruned. Field numbers are part of the Kubernetes API and never change.
type Pruning map[protowire.Number]Pruning

// LightMetadata leaves out annotations and managed fields, which are most of it.
func LightMetadata() Pruning { return Pruning{12: nil, 17: nil} }

// maxObject is larger than anything etcd stores.
const maxObject = 16 << 20

// Listing says which objects of the core API to list. Namespace is "" for those that are in none, a selector "" for all.
type Listing struct {
	Resource, Namespace, FieldSelector, LabelSelector string
}

// request lists from the API server's cache, which resourceVersion 0 allows.
func (l Listing) request(api rest.Interface) *rest.Request {
	request := api.Get().Resource(l.Resource).VersionedParams(l.options(), scheme.ParameterCodec)
	if l.Namespace != "" {
		request = request.Namespace(l.Namespace)
	}
	return request
}

func (l Listing) options() *metav1.ListOptions {
	return &metav1.ListOptions{ResourceVersion: "0", FieldSelector: l.FieldSelector, LabelSelector: l.LabelSelector}
}

// Each lists objects and hands them over one at a time, pruned. Neither the response nor the decoded list is ever whole in memory: with
// 9,000 pods that is the difference between 5 MB and 150 MB. The list is not paged: for every page the API server reads what the selector
// leaves out again. Over a fake clientset, which has no wire, whole is asked.
func Each[T any, P interface {
	*T
	Unmarshal(raw []byte) error
}](ctx context.Context, client *k8sops.Client, l Listing, cut Pruning, whole func(context.Context, metav1.ListOptions) ([]T, error), visit func(P)) error {
	if client.Config == nil {
		items, err := whole(ctx, metav1.ListOptions{FieldSelector: l.FieldSelector, LabelSelector: l.LabelSelector})
		for i := range items {
			visit(&items[i])
		}
		return err
	}
	return streamList(ctx, client.Kubernetes.CoreV1().RESTClient(), l, cut, func(raw []byte) error {
		object := P(new(T))
		if err := object.Unmarshal(raw); err != nil {
			return err
		}
		visit(object)
		return nil
	})
}

// streamList asks for protobuf. raw is valid until each returns.
func streamList(ctx context.Context, api rest.Interface, l Listing, cut Pruning, each func(raw []byte) error) (err error) {
	body, err := l.request(api).SetHeader("Accept", runtime.ContentTypeProtobuf).Stream(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, body.Close()) }()
	if err := decodeList(bufio.NewReaderSize(body, 64<<10), cut, each); err != nil {
		return fmt.Errorf("decode list of %s: %w", l.Resource, err)
	}
	return nil
}

// decodeList reads the envelope that Kubernetes puts around protobuf: four magic bytes, then a runtime.Unknown whose
// field 2 is the list, whose field 2 is an item.
func decodeList(r *bufio.Reader, cut Pruning, each func(raw []byte) error) error {
	var magic [4]byte
	if _, err := io.ReadFull(r, magic[:]); err != nil {
		return fmt.Errorf("read protobuf envelope: %w", err)
	}
	if magic != [4]byte{'k', '8', 's', 0} {
		return fmt.Errorf("not a protobuf envelope: %q", magic)
	}
	var item, pruned []byte
	found := false
	err := eachField(r, -1, func(field protowire.Number, size int64) error {
		if field != 2 {
			return discard(r, size)
		}
		found = true
		return eachField(r, size, func(field protowire.Number, size int64) error {
			switch {
			case field != 2:
				return discard(r, size)
			case size > maxObject:
				return fmt.Errorf("object of %d bytes", size)
			}
			item = slices.Grow(item[:0], int(size))[:size]
			if _, err := io.ReadFull(r, item); err != nil {
				return err
			}
			var err error
			if pruned, err = prune(pruned[:0], item, cut); err != nil {
				return err
			}
			return each(pruned)
		})
	})
	if err == nil && !found {
		return fmt.Errorf("no list in the protobuf envelope: %w", io.ErrUnexpectedEOF)
	}
	return err
}

// eachField reads length-delimited fields of a message of size bytes, up to the end of r where size is negative. Fields
// of other types do not occur in an envelope or a list.
func eachField(r *bufio.Reader, size int64, visit func(field protowire.Number, size int64) error) error {
	for left := size; left != 0; {
		tag, n, err := readUvarint(r)
		if errors.Is(err, io.EOF) && size < 0 {
			return nil
		}
		if err != nil {
			return err
		}
		number, kind := protowire.DecodeTag(tag)
		if kind != protowire.BytesType {
			return fmt.Errorf("field %d has wire type %d", number, kind)
		}
		length, m, err := readUvarint(r)
		if err != nil {
			return err
		}
		if err := visit(number, int64(length)); err != nil {
			return err
		}
		if left > 0 {
			if left -= n + m + int64(length); left < 0 {
				return io.ErrUnexpectedEOF
			}
		}
	}
	return nil
}

func readUvarint(r *bufio.Reader) (value uint64, size int64, err error) {
	counter := &byteCounter{r: r}
	value, err = binary.ReadUvarint(counter)
	return value, counter.n, err
}

type byteCounter struct {
	r *bufio.Reader
	n int64
}

func (c *byteCounter) ReadByte() (byte, error) {
	b, err := c.r.ReadByte()
	if err == nil {
		c.n++
	}
	return b, err
}

func discard(r *bufio.Reader, size int64) error {
	_, err := io.CopyN(io.Discard, r, size)
	return err
}

// prune appends raw to out without the fields of cut.
func prune(out, raw []byte, cut Pruning) ([]byte, error) {
	for len(raw) > 0 {
		number, kind, n := protowire.ConsumeField(raw)
		if n < 0 {
			return nil, protowire.ParseError(n)
		}
		field := raw[:n]
		raw = raw[n:]
		inner, listed := cut[number]
		switch {
		case !listed:
			out = append(out, field...)
		case inner != nil && kind == protowire.BytesType:
			_, _, tagSize := protowire.ConsumeTag(field)
			content, _ := protowire.ConsumeBytes(field[tagSize:])
			pruned, err := prune(nil, content, inner)
			if err != nil {
				return nil, err
			}
			out = protowire.AppendBytes(protowire.AppendTag(out, number, kind), pruned)
		}
	}
	return out, nil
}
