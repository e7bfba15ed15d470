package artifacts

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"

	"opsbot/internal/cable"
	"opsbot/internal/s3test"
)

// smallParts is the smallest part that S3 takes, so that large objects are no larger than needed.
const smallParts = 5 << 20

// openQuick opens a bucket whose connections may stand still for a short time only, for servers that are cut off. A server that answers
// may take longer on a busy machine.
func openQuick(t *testing.T, address string) *Store {
	t.Helper()
	return openWithin(t, address, 300*time.Millisecond)
}

func openBucket(t *testing.T, address string) *Store {
	t.Helper()
	return openWithin(t, address, time.Minute)
}

func openWithin(t *testing.T, address string, idle time.Duration) *Store {
	t.Helper()
	l, err := parseLocation(address)
	require.NoError(t, err)
	s := &Store{name: l.name()}
	require.NoError(t, s.openS3(t.Context(), l, network{idle: idle, backoff: 10 * time.Millisecond}))
	s.s3.partSize = smallParts
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func TestS3(t *testing.T) {
	server := s3test.Start(t)
	s := openBucket(t, server.URL())
	testContract(t, s, 3*smallParts+1)
	require.Empty(t, server.Leftovers(t), "no parts of what failed")
}

func TestS3ObjectThatChangedInTheStorageIsDamaged(t *testing.T) {
	server := s3test.Start(t)
	s := openBucket(t, server.URL())
	stored, err := s.Put(t.Context(), "x", strings.NewReader("PGDMP"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(server.Files, "opsbot/x"), []byte("PGDMQ"), 0o600))
	testDamaged(t, s, "x", stored.SHA256)
}

func TestS3ListsMoreThanOnePage(t *testing.T) {
	server := s3test.Start(t)
	s := openBucket(t, server.URL())
	dir := filepath.Join(server.Files, "opsbot", "many")
	require.NoError(t, os.MkdirAll(dir, 0o700))
	for i := range 1005 {
		require.NoError(t, os.WriteFile(filepath.Join(dir, string(rune('a'+i/100))+"-"+string(rune('a'+i%100))), nil, 0o600))
	}
	objects, err := s.List(t.Context(), "many/")
	require.NoError(t, err)
	require.Len(t, objects, 1005)
}

func TestS3ServerKilledInTheMiddleOfAnUpload(t *testing.T) {
	server := s3test.Start(t)
	s := openBucket(t, server.URL())
	content := io.MultiReader(strings.NewReader(random(2*smallParts+1)), cancelling{server.Kill}, strings.NewReader(random(smallParts)))
	_, err := s.Put(t.Context(), "database/x", content)
	require.Equal(t, Unreachable, kindOf(t, err))
	require.True(t, failureOf(t, err).Leftover, "nobody could tell the server to forget the parts")
	require.Contains(t, failureOf(t, err).Reason, "connection refused")
	require.NoFileExists(t, filepath.Join(server.Files, "opsbot/database/x"))
	_, err = s.Keys(t.Context(), "")
	require.Equal(t, Unreachable, kindOf(t, err))
}

// A connection that breaks for a moment is no reason to fail.
func TestS3UploadSurvivesABrokenConnection(t *testing.T) {
	server := s3test.Start(t)
	wire := cable.New(t, server.Address)
	s := openQuick(t, s3test.URLAt(wire.Addr()))
	broken := cancelling{func() { wire.Cut(); wire.Mend() }}
	content := random(3 * smallParts)
	stored, err := s.Put(t.Context(), "x", io.MultiReader(strings.NewReader(content[:2*smallParts]), broken, strings.NewReader(content[2*smallParts:])))
	require.NoError(t, err)
	require.Equal(t, sumOf(content), stored.SHA256)
	requireKeys(t, s, "x")
}

func TestS3UploadThatStandsStillEnds(t *testing.T) {
	server := s3test.Start(t)
	wire := cable.New(t, server.Address)
	s := openQuick(t, s3test.URLAt(wire.Addr()))
	content := io.MultiReader(strings.NewReader(random(smallParts)), cancelling{wire.Freeze}, strings.NewReader(random(2*smallParts)))
	_, err := s.Put(t.Context(), "x", content)
	require.Equal(t, Slow, kindOf(t, err), "%v", err)
	require.True(t, failureOf(t, err).Leftover, "nobody could tell the server to forget the parts")

	wire.Cut() // what is still on its way is lost
	wire.Mend()
	requireKeys(t, s)
	removed, err := s.Sweep(t.Context(), "", time.Now().Add(time.Hour))
	require.NoError(t, err)
	require.Equal(t, []string{"x"}, removed)
}

func TestS3SweepRemovesPartsThatOpsbotLeftWhenItWasKilled(t *testing.T) {
	server := s3test.Start(t)
	s := openBucket(t, server.URL())
	for _, key := range []string{"database/a", "reports/b"} {
		begun, err := s.s3.client.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: &s.s3.bucket, Key: s.s3.at(key), ChecksumAlgorithm: s.s3.checksum})
		require.NoError(t, err)
		u := &multipart{s3Bucket: s.s3, key: begun.Key, id: begun.UploadId}
		require.NoError(t, u.sendPart(t.Context(), 1, []byte(random(smallParts))))
	}
	require.Len(t, server.Leftovers(t), 2)
	requireKeys(t, s)

	removed, err := s.Sweep(t.Context(), "database/", time.Now().Add(-time.Hour))
	require.NoError(t, err)
	require.Empty(t, removed, "it may still be under way")
	removed, err = s.Sweep(t.Context(), "database/", time.Now().Add(time.Hour))
	require.NoError(t, err)
	require.Equal(t, []string{"database/a"}, removed)
	require.Len(t, server.Leftovers(t), 1)
}

func TestS3ReadThatBreaksOff(t *testing.T) {
	server := s3test.Start(t)
	wire := cable.New(t, server.Address)
	s := openQuick(t, s3test.URLAt(wire.Addr()))
	_, err := s.Put(t.Context(), "x", strings.NewReader(random(3*smallParts)))
	require.NoError(t, err)
	r, err := s.Open(t.Context(), "x")
	require.NoError(t, err)
	_, err = r.Read(make([]byte, 1))
	require.NoError(t, err)
	wire.Cut()
	_, err = io.Copy(io.Discard, r)
	require.Equal(t, Unreachable, kindOf(t, err))
	require.NoError(t, r.Close())
}

func TestS3BucketIsFull(t *testing.T) {
	server := s3test.StartSmall(t, 12)
	s := openBucket(t, server.URL())
	_, err := s.Put(t.Context(), "small", strings.NewReader("fits"))
	require.NoError(t, err)
	_, err = s.Put(t.Context(), "large", strings.NewReader(random(4*smallParts)))
	require.Equal(t, Full, kindOf(t, err))
	require.False(t, failureOf(t, err).Leftover)
	requireKeys(t, s, "small")
	_, err = s.Put(t.Context(), "again", strings.NewReader(random(smallParts)))
	require.NoError(t, err, "the parts of the failed one take no space any more")
}

func TestS3RefusesAccess(t *testing.T) {
	server := s3test.Start(t)
	missing := openBucket(t, strings.Replace(server.URL(), s3test.Bucket, "nobucket", 1))
	_, err := missing.Put(t.Context(), "x", strings.NewReader("x"))
	require.Equal(t, NoBucket, kindOf(t, err))
	_, err = missing.Open(t.Context(), "x")
	require.Equal(t, NoBucket, kindOf(t, err), "no bucket is no missing object")

	t.Setenv("AWS_SECRET_ACCESS_KEY", "wrong-secret")
	_, err = openBucket(t, server.URL()).Put(t.Context(), "x", strings.NewReader("x"))
	require.Equal(t, Refused, kindOf(t, err))
	require.Contains(t, failureOf(t, err).Reason, "SignatureDoesNotMatch")
	require.NotContains(t, err.Error(), "wrong-secret")

	t.Setenv("AWS_ACCESS_KEY_ID", "")
	_, err = openBucket(t, server.URL()).Put(t.Context(), "x", strings.NewReader("x"))
	require.Equal(t, Refused, kindOf(t, err))
	require.Contains(t, failureOf(t, err).Reason, "no credentials found in AWS_ACCESS_KEY_ID")
}

// answering is a proxy before the server that answers uploads of parts itself while status is set.
type answering struct {
	status atomic.Int64
	body   string
	asked  atomic.Int64
}

func (a *answering) start(t *testing.T, server *s3test.Server) string {
	target, err := url.Parse("http://" + server.Address)
	require.NoError(t, err)
	pass := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Host = r.In.Host // it is signed
	}}
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status := int(a.status.Load())
		if status == 0 || !r.URL.Query().Has("partNumber") {
			pass.ServeHTTP(w, r)
			return
		}
		a.asked.Add(1)
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, a.body)
	}))
	t.Cleanup(proxy.Close)
	return strings.TrimPrefix(proxy.URL, "http://")
}

func TestS3AnswersWithErrors(t *testing.T) {
	server := s3test.Start(t)
	for _, c := range []struct {
		name, body string
		status     int
		kind       Kind
		tries      int64
	}{
		{"MinIO's quota", "<Error><Code>XMinioAdminBucketQuotaExceeded</Code><Message>Bucket quota exceeded</Message></Error>", 400, Full, 1},
		{"Ceph's quota", "<Error><Code>QuotaExceeded</Code></Error>", 403, Full, 1},
		{"throttling", "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>", 503, Slow, 3},
		{"a gateway's page", "<html>Bad Gateway</html>", 502, Unreachable, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			proxy := &answering{body: c.body}
			s := openBucket(t, s3test.URLAt(proxy.start(t, server)))
			proxy.status.Store(int64(c.status))
			_, err := s.Put(t.Context(), "x", strings.NewReader(random(smallParts+1)))
			require.Equal(t, c.kind, kindOf(t, err), "%v", err)
			require.False(t, failureOf(t, err).Leftover)
			require.GreaterOrEqual(t, proxy.asked.Load(), c.tries)
			require.Empty(t, server.Leftovers(t))
			requireKeys(t, s)
		})
	}
}
