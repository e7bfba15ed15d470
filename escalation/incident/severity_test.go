package incident_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/escalation/incident"
)

func TestSeverityOfAWord(t *testing.T) {
	for word, want := range map[string]incident.Severity{
		"critical": incident.Critical, "FATAL": incident.Critical, " Disaster ": incident.Critical, "P1": incident.Critical, "p-2": incident.Critical,
		"sev-2": incident.Critical, "SEV 1": incident.Critical, "Severity_1": incident.Critical, "priority 1": incident.Critical, "紧急": incident.Critical,
		"严重": incident.Critical, "major": incident.Critical, "err": incident.Critical, "high": incident.Critical, "emergency": incident.Critical,
		"warn": incident.Warning, "minor": incident.Warning, "P3": incident.Warning, "sev4": incident.Warning, "": incident.Warning,
		"info": incident.Info, "P5": incident.Info, "none": incident.Info, "提示": incident.Info,
	} {
		got, known := incident.FindSeverity(word)
		require.True(t, known, word)
		require.Equal(t, want, got, word)
	}
	for _, word := range []string{"showstopper", "P9", "1", "severity", "priority10", "critical!"} {
		got, known := incident.FindSeverity(word)
		require.False(t, known, word)
		require.Equal(t, incident.Warning, got, word)
	}
}

// Both documents have the table as it is.
func TestTheWordsAreDocumented(t *testing.T) {
	for _, name := range []string{"alertmanager.md", "alertmanager.zh-CN.md"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "docs", name))
		require.NoError(t, err)
		n := 0
		for line := range strings.Lines(string(text)) {
			row := regexp.MustCompile(`^\| (critical|warning|info)[ （]`).FindStringSubmatch(line)
			if row == nil {
				continue
			}
			for _, word := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(line, -1) {
				got, known := incident.FindSeverity(word[1])
				require.True(t, known, word[1])
				require.Equal(t, row[1], got.String(), word[1])
				n++
			}
		}
		require.Equal(t, 65, n, name)
	}
}

func TestTheConfigurationsWordComesFirst(t *testing.T) {
	a := incident.Alert{Labels: map[string]string{"severity": "P2"}, SeverityAs: "warning"}
	require.Equal(t, incident.Warning, a.Severity())
	require.False(t, a.HasUnknownSeverity())
	a = incident.Alert{Labels: map[string]string{"severity": "showstopper"}}
	require.True(t, a.HasUnknownSeverity())
}
