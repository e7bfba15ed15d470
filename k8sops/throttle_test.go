package k8sops

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"k8s.io/client-go/rest"
)

const megabyte = 1 << 20

func TestOnePersonsBytesAreThrottledOverAllTheirReads(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(make([]byte, megabyte)) // the reader goes away where the test fails
	}))
	t.Cleanup(server.Close)
	throttle := &Throttle{PerSecond: 5 * megabyte, Burst: 5 * megabyte, Now: time.Now}
	cluster := &Cluster{Name: "test", Config: &rest.Config{Host: server.URL}, Throttle: throttle}
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
		return time.Since(began)
	}
	require.Less(t, read("lisi", 5), 900*time.Millisecond, "at once")
	require.GreaterOrEqual(t, read("lisi", 5), 900*time.Millisecond, "five more take a second, whichever client reads them")
	require.Less(t, read("wangwu", 5), 900*time.Millisecond, "others do not wait")
}

func TestWithoutAThrottleNothingIsWrapped(t *testing.T) {
	for _, throttle := range []*Throttle{nil, {}} {
		cluster := &Cluster{Name: "test", Config: &rest.Config{Host: "https://nowhere"}, Throttle: throttle}
		client, err := cluster.As(Identity{User: "lisi"})
		require.NoError(t, err)
		require.Nil(t, client.Config.WrapTransport)
	}
}
