package blockkit

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Decode reads a JSON array of objects, numbers kept as they are.
func Decode(raw json.RawMessage) ([]map[string]any, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var list []map[string]any
	if err := dec.Decode(&list); err != nil {
		return nil, err
	}
	for _, item := range list {
		if item == nil {
			return nil, fmt.Errorf("null is not an object")
		}
	}
	if dec.More() {
		return nil, fmt.Errorf("more than one value")
	}
	return list, nil
}

// String is a JSON value that should be a string; "" for anything else.
func String(v any) string {
	s, _ := v.(string)
	return s
}
