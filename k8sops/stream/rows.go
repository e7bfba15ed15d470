package stream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
)

// ErrNoColumn means that the API server's table lacks a column: its columns are made for people and no part of the API.
var ErrNoColumn = errors.New("the table has no such column")

// Rows hands over the cells of the named columns of what kubectl get prints of the objects. The API server makes the table itself, from
// its cache: of 9,000 pods it takes a fifth of the time and a fifteenth of the bytes that the objects take. Needs a client with a wire.
func Rows(ctx context.Context, client *k8sops.Client, l Listing, columns []string, visit func(cells []string)) (err error) {
	request := l.request(client.Kubernetes.CoreV1().RESTClient()).SetHeader("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io").
		Param("includeObject", string(metav1.IncludeNone))
	body, err := request.Stream(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, body.Close()) }()
	if err := decodeTable(json.NewDecoder(body), columns, visit); err != nil {
		return fmt.Errorf("decode table of %s: %w", l.Resource, err)
	}
	return nil
}

// decodeTable reads a table's rows one at a time. Its columns come before them.
func decodeTable(d *json.Decoder, columns []string, visit func([]string)) error {
	var at []int
	return eachMember(d, func(name string) error {
		switch name {
		case "columnDefinitions":
			var definitions []metav1.TableColumnDefinition
			if err := d.Decode(&definitions); err != nil {
				return err
			}
			for _, column := range columns {
				i := slices.IndexFunc(definitions, func(c metav1.TableColumnDefinition) bool { return c.Name == column })
				if i < 0 {
					return fmt.Errorf("%w: %s", ErrNoColumn, column)
				}
				at = append(at, i)
			}
			return nil
		case "rows":
			return eachElement(d, func() error { return decodeRow(d, at, visit) })
		}
		var other json.RawMessage
		return d.Decode(&other)
	})
}

func decodeRow(d *json.Decoder, at []int, visit func([]string)) error {
	var row struct {
		Cells []any `json:"cells"`
	}
	if err := d.Decode(&row); err != nil {
		return err
	}
	cells := make([]string, len(at))
	for i, column := range at {
		if column >= len(row.Cells) {
			return fmt.Errorf("row of %d cells", len(row.Cells))
		}
		cells[i] = fmt.Sprint(row.Cells[column])
	}
	visit(cells)
	return nil
}

// eachMember visits the members of an object; visit has to read the value.
func eachMember(d *json.Decoder, visit func(name string) error) error {
	return inside(d, '{', func() error {
		name, err := d.Token()
		if err != nil {
			return err
		}
		return visit(fmt.Sprint(name))
	})
}

func eachElement(d *json.Decoder, visit func() error) error { return inside(d, '[', visit) }

func inside(d *json.Decoder, open json.Delim, visit func() error) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	if token != open {
		return fmt.Errorf("%v where there should be %v", token, open)
	}
	for d.More() {
		if err := visit(); err != nil {
			return err
		}
	}
	_, err = d.Token()
	return err
}
