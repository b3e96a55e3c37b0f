package middleware_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/middleware"
	"github.com/chaperone-go/chaperone/traffic"
)

// Files: counted to the byte, whether copied by us, by the server, or by the
// kernel.
func TestReadFrom(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.bin")
	content := repeat(1 << 20)
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	for name, wanted := range map[string]traffic.Want{
		"passing":         {},
		"captured":        {Limit: 10_000, Kinds: traffic.KindAny},
		"unfit":           {Limit: 10_000, Kinds: traffic.KindJSON},
		"held":            {Limit: 10_000, Kinds: traffic.KindAny, Hold: true},
		"held as a whole": {Limit: 2 << 20, Kinds: traffic.KindAny, Hold: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSpy()
			s.begin = want(wanted.Limit, wanted.Kinds, wanted.Hold)
			srv := serve(t, build(t, s, middleware.Config{CaptureLimit: 4 << 20}), func(w http.ResponseWriter, r *http.Request) {
				if _, ok := w.(io.ReaderFrom); !ok {
					t.Error("no ReadFrom")
				}
				http.ServeFile(w, r, path)
			})
			res, body := get(t, srv, "/")
			require.EqualValues(t, len(content), res.ContentLength)
			require.True(t, body == content)
			x := s.last()
			require.EqualValues(t, len(content), x.Out)
			if name == "captured" || name == "held" {
				require.Equal(t, content[:10_000], x.Body)
				require.True(t, x.Marks.Has(traffic.ResponseTruncated))
			}
			require.Equal(t, name == "held as a whole", x.Held)
			require.Equal(t, name == "held as a whole", x.Whole)
			res, body = get(t, srv, "/", "Range", "bytes=5-9")
			require.Equal(t, http.StatusPartialContent, res.StatusCode)
			require.Equal(t, content[5:10], body)
			require.EqualValues(t, 5, s.last().Out)
		})
	}
	t.Run("a source that fails at once leaves the status open", func(t *testing.T) {
		s := newSpy()
		srv := serve(t, build(t, s, middleware.Config{}), func(w http.ResponseWriter, _ *http.Request) {
			if _, err := io.Copy(w, onlyReader{failing{}}); err != nil {
				http.Error(w, "no", http.StatusBadGateway)
			}
		})
		res, _ := get(t, srv, "/")
		require.Equal(t, 502, res.StatusCode)
		require.Equal(t, 502, s.last().Status)
	})
	t.Run("a source that fails is reported", func(t *testing.T) {
		s := newSpy()
		s.begin = want(100, traffic.KindAny, true)
		rec := httptest.NewRecorder()
		build(t, s, middleware.Config{}).Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			n, err := io.Copy(w, onlyReader{io.MultiReader(strings.NewReader("abc"), failing{})})
			require.EqualValues(t, 3, n)
			require.Equal(t, io.ErrClosedPipe, err)
		})).ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
		require.Equal(t, "abc", rec.Body.String())
	})
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrClosedPipe }

// An original without ReadFrom gets the bytes by Write.
func TestReadFromWithoutReadFrom(t *testing.T) {
	s := newSpy()
	rec := httptest.NewRecorder()
	build(t, s, middleware.Config{}).Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		n, err := w.(io.ReaderFrom).ReadFrom(strings.NewReader(repeat(50_000)))
		require.NoError(t, err)
		require.EqualValues(t, 50_000, n)
	})).ServeHTTP(plain{rec}, httptest.NewRequest("GET", "/", nil))
	require.Equal(t, repeat(50_000), rec.Body.String())
	require.EqualValues(t, 50_000, s.last().Out)
}
