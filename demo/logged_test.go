package demo

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"opsbot/messages"
)

// startLogged starts the demo with everything logged. logs stops it and gives what it wrote.
func startLogged(t *testing.T) (d *demo, logs func() []byte) {
	t.Helper()
	var written bytes.Buffer
	core := zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.Lock(zapcore.AddSync(&written)), zap.DebugLevel)
	d, err := startDemo(t.Context(), Options{Speed: 20, Listen: "127.0.0.1:0", Locale: messages.English, Out: &bytes.Buffer{}, Log: zap.New(core)})
	require.NoError(t, err)
	closed := false
	t.Cleanup(func() {
		if !closed {
			require.NoError(t, d.Close())
		}
	})
	return d, func() []byte {
		closed = true
		require.NoError(t, d.Close())
		require.NotEmpty(t, written.Bytes())
		return written.Bytes()
	}
}
