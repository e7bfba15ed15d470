package platform

import (
	"context"
	"maps"
	"slices"
	"strings"
)

// Findings are what a person would read out of the tables that these commands print: the services with pods that are not
// ready, and the claims that are not bound.
func (p *Platform) Findings(ctx context.Context, lines []string) ([]string, error) {
	found := map[string]bool{}
	for _, line := range lines {
		read := readerOf(line)
		if read == nil {
			continue
		}
		table, err := p.output(ctx, append(strings.Fields(line), "--no-headers")...)
		if err != nil {
			return nil, err
		}
		for row := range strings.Lines(table) {
			if name := read(strings.Fields(row)); name != "" {
				found[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found)), nil
}

// readerOf reads what is wrong out of a row of the command's table, "" where nothing is; nil for a table that shows no such
// thing.
func readerOf(line string) func(row []string) string {
	switch {
	case strings.HasPrefix(line, "get pods "):
		return brokenService
	case strings.HasPrefix(line, "get pvc "):
		return unboundClaim
	default:
		return nil
	}
}

func brokenService(row []string) string {
	if len(row) < 3 || isReady(row[1]) || row[2] == "Completed" {
		return ""
	}
	return serviceOf(row[0])
}

func unboundClaim(row []string) string {
	if len(row) < 2 || row[1] == "Bound" {
		return ""
	}
	return row[0]
}

// isReady reads a cell like 1/1.
func isReady(cell string) bool {
	ready, all, _ := strings.Cut(cell, "/")
	return ready == all
}

// serviceOf is a pod's name without the hashes of its replica set and its own.
func serviceOf(pod string) string {
	parts := strings.Split(pod, "-")
	return strings.Join(parts[:max(1, len(parts)-2)], "-")
}
