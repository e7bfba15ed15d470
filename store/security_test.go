package store

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"opsbot/k8sops/security"
)

func TestSecurityRecordsOfNamespaces(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		record, err := s.SecurityRecord(ctx, "prod", "shop")
		require.NoError(t, err)
		require.Zero(t, record)
		found := func(id string) func(*security.Record) error {
			return func(r *security.Record) error {
				if r.Since == nil {
					r.Since = map[string]time.Time{}
				}
				r.Since[id] = start
				return nil
			}
		}
		require.NoError(t, s.UpdateSecurityRecord(ctx, "prod", "shop", found("policy-1")))
		require.NoError(t, s.UpdateSecurityRecord(ctx, "prod", "shop", found("policy-2")))
		require.NoError(t, s.UpdateSecurityRecord(ctx, "staging", "shop", found("image-1")))
		require.NoError(t, s.UpdateSecurityRecord(ctx, "prod", "shop", func(r *security.Record) error {
			r.Exceptions = map[string]security.Exception{"policy-1": {Reason: "moved next week", By: "a@company.com", Until: start.Add(time.Hour), At: start}}
			return nil
		}))
		refused := errors.New("refused")
		require.ErrorIs(t, s.UpdateSecurityRecord(ctx, "prod", "shop", func(r *security.Record) error {
			r.Since = nil
			return refused
		}), refused)

		record, err = s.SecurityRecord(ctx, "prod", "shop")
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(security.Record{
			Since:      map[string]time.Time{"policy-1": start, "policy-2": start},
			Exceptions: map[string]security.Exception{"policy-1": {Reason: "moved next week", By: "a@company.com", Until: start.Add(time.Hour), At: start}},
		}, record))
	})
}
