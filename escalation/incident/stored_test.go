package incident_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/escalation/incident"
)

// stored are the names under which the store keeps fields. Data of earlier versions has them, so they stay when a field gets
// another name; new ones may be added.
var stored = map[reflect.Type]string{
	reflect.TypeFor[incident.Incident](): `number version group_key title severity status role labels alerts channel storm groups correlation fed_at
		severity_fixed external_url truncated opened_at reopened_at acked_at owner handoff_to handoff_until shift_ends_at diagnosed_at quiet_at
		resolved_at closed_at last_activity doubted_at stage rung round climb_at news_at paged_at held_until news due_at stage_due_at entries pages
		digests quotes update updated_at announced follow_ups settled`,
	reflect.TypeFor[incident.Alert](): `fingerprint firing labels annotations starts_at ends_at generator_url manual own changed_at digest`,
	reflect.TypeFor[incident.Entry](): `incident number at kind actor text in_thread source withdraws`,
	reflect.TypeFor[incident.Page](): `id incident contact role via address stage rung round reason state batch after until receipt intended_at
		attempted_at receipt_at acked_at answered_at acked_by error told_at`,
	reflect.TypeFor[incident.FollowUp](): `number text owner due_at added_at added_by done_at done_by reminded_at reminders`,
}

func TestStoredNamesStay(t *testing.T) {
	for typ, names := range stored {
		var got []string
		for i := range typ.NumField() {
			name, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
			require.NotEmpty(t, name, "%s.%s needs a name of its own", typ, typ.Field(i).Name)
			got = append(got, name)
		}
		require.Subset(t, got, strings.Fields(names), typ)
	}
}
