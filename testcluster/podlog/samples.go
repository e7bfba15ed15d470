package podlog

import (
	"fmt"
	"hash/fnv"
	"time"
)

// sampleSpan is how far back the first lines of a new pod's log reach, so that a person looking at "the last minutes"
// of a fresh cluster sees something.
const sampleSpan = 5 * time.Minute

// sampleMessages are what the programs of the platform say, by app.
func sampleMessages() map[string][]string {
	return map[string][]string{
		"api-gateway": {
			"INFO  GET /api/products 200 18ms", "INFO  POST /api/orders 201 74ms", "INFO  GET /api/users/42 200 11ms",
			"WARN  upstream order-service slow: 812ms", "ERROR upstream payment-service: 502 bad gateway",
		},
		"user-service": {
			"INFO  login user=1007 ok", "INFO  profile read user=42 9ms", "INFO  token refreshed user=311",
			"WARN  login user=990 failed: wrong password", "ERROR database query failed: timeout after 3000ms",
		},
		"product-service": {
			"INFO  search q=phone hits=24 31ms", "INFO  product 7 read 6ms", "INFO  cache hit ratio 0.93",
			"WARN  cache miss storm on category=shoes", "ERROR redis: connection reset by peer",
		},
		"order-service": {
			"INFO  order 5012 created", "INFO  order 5012 paid", "INFO  order 4998 shipped",
			"WARN  stock of product 3 below 10", "ERROR order 5013: payment declined",
		},
		"payment-service": {
			"INFO  payment 9001 authorised 120ms", "INFO  payment 9001 captured", "INFO  settlement batch 17 sent",
			"WARN  provider latency 1400ms", "ERROR payment 9002: exception: provider timeout",
		},
		"postgres": {
			"LOG:  checkpoint starting: time", "LOG:  checkpoint complete: wrote 41 buffers",
			"LOG:  duration: 612.4 ms  statement: SELECT * FROM orders", "ERROR:  deadlock detected",
		},
		"redis": {"* Background saving started", "* DB saved on disk", "# Client closed connection"},
	}
}

// Samples are the first lines of a pod's log. They are the same for the same pod name, except for the times.
func Samples(app, pod string, now time.Time) []Line {
	const count = 20
	messages := sampleMessages()[app]
	if messages == nil {
		return []Line{{now, "stdout", "INFO  " + app + " started"}}
	}
	// The pod name shifts message and time, so that two pods of a deployment interleave instead of repeating each other.
	hash := fnv.New32a()
	fmt.Fprint(hash, pod)
	shift := int(hash.Sum32() % 1000)
	step := sampleSpan / (count + 1)
	lines := make([]Line, count)
	for i := range lines {
		at := now.Add(-sampleSpan + time.Duration(i)*step + time.Duration(shift)*time.Millisecond)
		lines[i] = Line{at, "stdout", messages[(i+shift)%len(messages)]}
	}
	return lines
}
