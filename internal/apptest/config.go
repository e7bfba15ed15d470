// Package apptest is what the tests of the app share: a workspace, configurations for it, an Alertmanager, a database.
package apptest

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/app/generate"
	"opsbot/configs"
	"opsbot/slacksim"
)

// Token is the bearer token of the webhook.
const Token = "a-token-for-the-tests"

const kubeconfigToNowhere = `apiVersion: v1
kind: Config
current-context: none
clusters: [{name: none, cluster: {server: "http://127.0.0.1:1"}}]
users: [{name: none, user: {}}]
contexts: [{name: none, context: {cluster: none, user: none}}]
`

// Config is a configuration for the workspace, without a cluster behind it.
func Config(t *testing.T, slack *slacksim.Workspace) configs.Config {
	t.Helper()
	c, err := configs.Load(configs.Source{File: WriteConfig(t, slack, "127.0.0.1:0")})
	require.NoError(t, err)
	return *c
}

// LoadConfig reads a configuration file as the commands do: OPSBOT_* variables override it.
func LoadConfig(t *testing.T, file string) configs.Config {
	t.Helper()
	c, err := configs.Load(configs.Source{File: file, Environ: os.Environ()})
	require.NoError(t, err)
	return *c
}

// WriteConfig writes a configuration file with the handbook's contact table beside it and an SQLite file of its own.
func WriteConfig(t *testing.T, slack *slacksim.Workspace, listen string) (file string) {
	t.Helper()
	return WriteConfigOn(t, slack, listen, "sqlite://"+filepath.Join(t.TempDir(), "opsbot.db"))
}

// WriteConfigOn does so for the given storage.
func WriteConfigOn(t *testing.T, slack *slacksim.Workspace, listen, storage string) (file string) {
	t.Helper()
	dir := t.TempDir()
	kubeconfig := filepath.Join(dir, "kubeconfig")
	require.NoError(t, os.WriteFile(kubeconfig, []byte(kubeconfigToNowhere), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "contacts.yaml"), configs.HandbookContactsFile(), 0o600))
	file = filepath.Join(dir, "opsbot.yaml")
	text := fmt.Sprintf("slack: {bot_token: %q, app_token: %q, api_url: %q}\nkubernetes: {kubeconfig: %q}\nhttp: {listen: %q}\n"+
		"webhook: {bearer_tokens: [%q]}\nstorage: {url: %q}\nbackup: {url: \"file://%s\"}\n",
		slack.BotToken(), slack.AppToken(), slack.APIURL(), kubeconfig, listen, Token, storage, filepath.Join(dir, "backups"))
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	return file
}

// Workspace declares opsbot's own manifest.
func Workspace(t *testing.T) *slacksim.Workspace {
	t.Helper()
	manifest, err := generate.Manifest(configs.Default())
	require.NoError(t, err)
	return slacksim.New(t, slacksim.Options{Manifest: manifest})
}
