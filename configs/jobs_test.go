package configs_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/configs"
)

// What the documents show is accepted as it stands there.
func TestTheExampleOfAJobIsValid(t *testing.T) {
	for _, doc := range configs.Reference() {
		if doc.Path != "jobs" {
			continue
		}
		file := write(t, "opsbot.yaml", "contacts: ''\njobs: "+doc.Example+"\n")
		_, err := configs.Load(configs.Source{File: file, Environ: needed()})
		require.NotContains(t, err.Error(), "jobs")
	}
	c := configs.Config{Jobs: configs.ExampleJobs()}
	for _, p := range c.Validate() {
		require.NotContains(t, p.Path, "jobs")
	}
	require.Equal(t, 10*time.Minute, c.Jobs[0].TakesAtMost())
	secret, key := configs.JobVariable{Secret: "load-test/token"}.SecretKey()
	require.Equal(t, []string{"load-test", "token"}, []string{secret, key})
}
