// Package inspect looks at the platform and changes nothing: /health, /status, /events, /storage, /top, /watch.
package inspect
