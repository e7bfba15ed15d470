package k8sops

import (
	"bytes"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"k8s.io/client-go/rest"

	"opsbot/internal/bubble"
)

const megabyte = 1 << 20

// answersMegabyte is an API server whose every answer is a megabyte, at once.
type answersMegabyte struct{}

func (answersMegabyte) RoundTrip(r *http.Request) (*http.Response, error) {
	body := io.NopCloser(bytes.NewReader(make([]byte, megabyte)))
	return &http.Response{StatusCode: http.StatusOK, Body: body, Request: r}, nil
}

func TestOnePersonsBytesAreThrottledOverAllTheirReads(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		throttle := &Throttle{PerSecond: 5 * megabyte, Burst: 5 * megabyte, Now: time.Now}
		cluster := &Cluster{Name: "test", Config: &rest.Config{Host: "https://nowhere", Transport: answersMegabyte{}}, Throttle: throttle}
		read := func(user string, times int) time.Duration {
			began := time.Now()
			for range times {
				client, err := cluster.As(Identity{User: user})
				require.NoError(t, err)
				stream, err := client.Kubernetes.CoreV1().RESTClient().Get().AbsPath("/log").Stream(t.Context())
				require.NoError(t, err)
				n, err := io.Copy(io.Discard, stream)
				require.NoError(t, err)
				require.EqualValues(t, megabyte, n, "nothing is cut")
				require.NoError(t, stream.Close())
			}
			return time.Since(began).Round(time.Millisecond)
		}
		require.Zero(t, read("lisi", 5), "at once")
		require.Equal(t, time.Second, read("lisi", 5), "five more take a second, whichever client reads them")
		require.Zero(t, read("wangwu", 5), "others do not wait")
	})
}

func TestWithoutAThrottleNothingIsWrapped(t *testing.T) {
	for _, throttle := range []*Throttle{nil, {}} {
		cluster := &Cluster{Name: "test", Config: &rest.Config{Host: "https://nowhere"}, Throttle: throttle}
		client, err := cluster.As(Identity{User: "lisi"})
		require.NoError(t, err)
		require.Nil(t, client.Config.WrapTransport)
	}
}
