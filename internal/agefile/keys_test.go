package agefile_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/require"

	"opsbot/internal/agefile"
)

func newIdentity(t *testing.T) *age.X25519Identity {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	return identity
}

func keys(t *testing.T, recipients, identities []string) *agefile.Keys {
	t.Helper()
	k, err := agefile.Parse(recipients, identities)
	require.NoError(t, err)
	return k
}

func TestWhatIsEncryptedIsReadByItsIdentityAlone(t *testing.T) {
	mine, yours, others := newIdentity(t), newIdentity(t), newIdentity(t)
	for_ := []string{mine.Recipient().String(), yours.Recipient().String()}
	var file bytes.Buffer
	w, err := keys(t, for_, nil).Encrypt(&file)
	require.NoError(t, err)
	content := strings.Repeat("row row row\n", 20_000)
	_, err = io.WriteString(w, content)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	require.True(t, agefile.IsEncrypted(file.Bytes()[:agefile.IntroLength]))
	require.False(t, agefile.IsEncrypted([]byte("SQLite format 3")))
	require.NotContains(t, file.String(), "row row")

	for _, identity := range []*age.X25519Identity{mine, yours} {
		k := keys(t, nil, []string{"# created: 2026-03-02\n" + others.String() + "\n" + identity.String() + "\n"})
		require.True(t, k.CanRead(for_))
		r, err := k.Decrypt(bytes.NewReader(file.Bytes()))
		require.NoError(t, err)
		got, err := io.ReadAll(r)
		require.NoError(t, err)
		require.Equal(t, content, string(got))

		r, err = k.Decrypt(bytes.NewReader(file.Bytes()[:file.Len()-20]))
		require.NoError(t, err)
		_, err = io.ReadAll(r)
		require.Error(t, err, "cut short")
		changed := bytes.Clone(file.Bytes())
		changed[len(changed)/2] ^= 1
		r, err = k.Decrypt(bytes.NewReader(changed))
		require.NoError(t, err)
		_, err = io.ReadAll(r)
		require.Error(t, err, "changed")
	}
	for _, k := range []*agefile.Keys{nil, keys(t, for_, nil), keys(t, nil, []string{others.String()})} {
		require.False(t, k.CanRead(for_))
		_, err := k.Decrypt(bytes.NewReader(file.Bytes()))
		require.ErrorIs(t, err, agefile.ErrNoIdentity)
	}
}

func TestWhatIsNoKeyIsRefusedWithoutRepeatingIt(t *testing.T) {
	identity := newIdentity(t)
	_, err := agefile.Parse([]string{identity.String()}, nil)
	require.ErrorContains(t, err, "recipient 1: this is an identity")
	require.NotContains(t, err.Error(), identity.String())
	recipient := identity.Recipient().String()
	for _, wrong := range []string{"", "age1", recipient[:len(recipient)-1] + "x", "ssh-ed25519 AAAA", recipient + "\n" + recipient, "age1yubikey1abc"} {
		_, err = agefile.Parse([]string{recipient, wrong}, nil)
		require.ErrorContains(t, err, "recipient 2: ", wrong)
	}
	broken := identity.String()[:40]
	_, err = agefile.Parse(nil, []string{broken})
	require.ErrorContains(t, err, "identity 1: ")
	require.NotContains(t, err.Error(), broken)
}
