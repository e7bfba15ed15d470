package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"go.yaml.in/yaml/v3"
)

// checkYAML decodes every document of a file into maps, which is what finds doubled keys.
func checkYAML(file string, data []byte) []string {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	for {
		var content any
		switch err := decoder.Decode(&content); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return []string{fmt.Sprintf("%s: %v", file, err)}
		}
	}
}
