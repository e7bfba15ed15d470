package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

type secretive struct{ DSN string }

func (s secretive) String() string { return "connect to " + s.DSN }

func (s secretive) MarshalLogObject(e zapcore.ObjectEncoder) error {
	e.AddString("dsn", s.DSN)
	return nil
}

func TestNothingSecretIsLogged(t *testing.T) {
	const dsn = "app:SECRET1@tcp(db:3306)/shop"
	var out bytes.Buffer
	core := zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(&out), zap.DebugLevel)
	log := zap.New(core, withoutSecrets()).With(zap.String("password", "SECRET1"), zap.String("url", "https://bob:SECRET1@host"))
	log.Error("open "+dsn, zap.Error(fmt.Errorf("dial: %w", errors.New(dsn))), zap.Stringer("target", secretive{dsn}), zap.Object("object", secretive{dsn}),
		zap.Strings("args", []string{"mysql", dsn}), zap.ByteString("body", []byte(dsn)), zap.Any("map", map[string]any{"token": "SECRET1", "port": 5432}),
		zap.Inline(secretive{dsn}), zap.Int("port", 3306), zap.String("call", "7f3a"))
	require.NotContains(t, out.String(), "SECRET1")
	var line map[string]any
	require.NoError(t, json.Unmarshal(out.Bytes(), &line), "%s", out.String())
	require.Equal(t, "dial: app:***@tcp(db:3306)/shop", line["error"])
	require.Equal(t, "7f3a", line["call"])
	require.EqualValues(t, 3306, line["port"])
	require.False(t, zap.New(zapcore.NewNopCore(), withoutSecrets()).Core().Enabled(zap.ErrorLevel))
}
