package httpapi_test

import (
	"fmt"
	"hash/fnv"
	"sync"

	"opsbot/messages"
)

var loadTexts = sync.OnceValues(messages.Load)

// firing is the delivery of an alert of its own for each group.
func firing(group string) []byte {
	fingerprint := fnv.New64a()
	fingerprint.Write([]byte(group))
	return fmt.Appendf(nil, `{"version":"4","groupKey":"{}:{}","status":"firing","groupLabels":{"group":%q},"alerts":[{"status":"firing",
		"fingerprint":"%016x","startsAt":"2026-03-02T11:59:00Z","labels":{"alertname":"HighLatency","service":"user-service","severity":"critical"},
		"annotations":{"summary":"user-service is slow"}}]}`, group, fingerprint.Sum64())
}
