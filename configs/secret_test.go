package configs_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.yaml.in/yaml/v3"

	"opsbot/configs"
)

func TestSecretsAreNeverPrinted(t *testing.T) {
	config := configs.Default()
	config.Slack.BotToken = configs.NewSecret("hunter2")
	config.Webhook.BearerTokens = []configs.Secret{configs.NewSecret("hunter2")}
	dsn, err := configs.ParseURL("postgres://ops:hunter2@db/opsbot")
	require.NoError(t, err)
	config.Storage.URL = configs.SecretURL{URL: dsn}

	forms := map[string]func() string{
		"%v":  func() string { return fmt.Sprintf("%v", config) },
		"%+v": func() string { return fmt.Sprintf("%+v", &config) },
		"%#v": func() string { return fmt.Sprintf("%#v", config) },
		"%s":  func() string { return fmt.Sprintf("%s", []configs.Secret{config.Slack.BotToken}) },
		"%q":  func() string { return fmt.Sprintf("%q", []configs.Secret{config.Slack.BotToken}) },
		"json": func() string {
			data, err := json.Marshal(config)
			require.NoError(t, err)
			return string(data)
		},
		"yaml": func() string {
			data, err := yaml.Marshal(config)
			require.NoError(t, err)
			return string(data)
		},
		"zap": func() string {
			var b bytes.Buffer
			core := zapcore.NewCore(zapcore.NewJSONEncoder(zapcore.EncoderConfig{MessageKey: "m"}), zapcore.AddSync(&b), zap.DebugLevel)
			log := zap.New(core)
			log.Info("started", zap.Any("config", config), zap.Any("token", config.Slack.BotToken), zap.Stringer("url", config.Storage.URL))
			log.Sugar().Infow("started", "config", config)
			return b.String()
		},
	}
	for name, form := range forms {
		t.Run(name, func(t *testing.T) {
			require.NotContains(t, form(), "hunter2")
			require.Contains(t, form(), "***")
		})
	}
}

func TestAnEmptySecretIsSeenToBeEmpty(t *testing.T) {
	require.Empty(t, configs.Secret{}.String())
	require.True(t, configs.Secret{}.Empty())
}
