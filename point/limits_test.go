package point

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLimitsDefaults(t *testing.T) {
	require.Equal(t, Limits{
		BodyBytes: 65536, Depth: 64, Values: 10_000, ValueBytes: 8000, SlotValues: 100, HeaderFields: 1000,
		DecodedBytes: 1 << 20, DecodedRatio: 100, GraphQLBytes: 102400, GraphQLDepth: 50, GraphQLTokens: 10_000,
	}, Limits{}.withDefaults())
	require.Equal(t, Limits{
		BodyBytes: 0, Depth: 1000, Values: noLimit, ValueBytes: noLimit, SlotValues: 1, HeaderFields: noLimit,
		DecodedBytes: noLimit, DecodedRatio: noLimit, GraphQLBytes: 0, GraphQLDepth: 1000, GraphQLTokens: noLimit,
	}, allFields(-1).withDefaults())
	require.Equal(t, allFields(7), allFields(7).withDefaults())
	require.Equal(t, 1000, Limits{Depth: 5000}.withDefaults().Depth)
}

func TestLimitsValidate(t *testing.T) {
	require.NoError(t, Limits{}.Validate())
	require.NoError(t, allFields(-5).Validate())
	err := Limits{Depth: 5000, GraphQLDepth: 1001, BodyBytes: 1 << 30}.Validate()
	require.EqualError(t, err, "BodyBytes: 1073741824 is more than the largest allowed, 1073741823\n"+
		"Depth: 5000 is more than the largest allowed, 1000\n"+
		"GraphQLDepth: 1001 is more than the largest allowed, 1000")
}

func TestPlanLimits(t *testing.T) {
	require.Equal(t, Limits{}.withDefaults(), new(Set).Compile(Limits{}).Limits())
}

// TestLimitsAreAllListed catches a field that somebody forgets to list.
func TestLimitsAreAllListed(t *testing.T) {
	var l Limits
	fields := reflect.TypeFor[Limits]()
	all := l.all()
	require.Len(t, all, fields.NumField())
	for i, f := range all {
		require.Equal(t, fields.Field(i).Name, f.name)
	}
}

// allFields returns limits with n in every field.
func allFields(n int) Limits {
	var l Limits
	for _, f := range l.all() {
		*f.value = n
	}
	return l
}
