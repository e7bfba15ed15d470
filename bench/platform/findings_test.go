package platform

import "testing"

func TestFindings(t *testing.T) {
	for _, c := range []struct {
		line, want string
		row        []string
	}{
		{line: "get pods -n x", row: []string{"user-service-6d9f7c9b8-abcde", "0/1", "CrashLoopBackOff"}, want: "user-service"},
		{line: "get pods -n x", row: []string{"user-service-6d9f7c9b8-abcde", "1/2", "Running"}, want: "user-service"},
		{line: "get pods -n x", row: []string{"user-service-6d9f7c9b8-abcde", "1/1", "Running"}},
		{line: "get pods -n x", row: []string{"backup-29071-abcde", "0/1", "Completed"}},
		{line: "get pvc -n x", row: []string{"data", "Pending"}, want: "data"},
		{line: "get pvc -n x", row: []string{"data", "Bound"}},
	} {
		if got := readerOf(c.line)(c.row); got != c.want {
			t.Errorf("%s: %v shows %q, want %q", c.line, c.row, got, c.want)
		}
	}
	if readerOf("get hpa -n x") != nil {
		t.Error("the table of autoscalers shows nothing in trouble")
	}
}
