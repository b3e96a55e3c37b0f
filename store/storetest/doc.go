// Package storetest holds the contracts of the stores as test suites anyone
// can run against a store of their own:
//
//	func TestSessions(t *testing.T) {
//		storetest.Sessions(t, func(t *testing.T) session.Store {
//			s, err := mystore.Open(t.TempDir())
//			require.NoError(t, err)
//			t.Cleanup(func() { s.Close() })
//			return s
//		})
//	}
//
// Each case is one rule, and says it in a sentence that is printed when the
// case fails (and with -v). The cases are independent of each other and each
// gets a store of its own, so the rules can be taken on one by one:
//
//	go test -run 'TestSessions/half-open_interval'
//
// The suites use time only as data: nothing sleeps, nothing depends on the
// clock. Run them with -race.
package storetest
