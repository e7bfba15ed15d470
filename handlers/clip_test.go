package handlers

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestClip(t *testing.T) {
	for s, want := range map[string]string{"": "", "abc": "abc", "abcd": "abc…", "支付服务": "支付服…", "\xf3": "\ufffd", "a\xffbcd": "a\ufffdb…"} {
		require.Equal(t, want, clip(s, 3))
	}
}

// The digest must tell calls apart in everything that a decision is about, and in nothing else.
