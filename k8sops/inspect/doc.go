// Package inspect looks at the platform and changes nothing: /health, /status, /events, /top.
package inspect
