package point_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/internal/testkit"
	"github.com/chaperone-go/chaperone/point"
	"github.com/chaperone-go/chaperone/traffic"
)

func TestScanIsReused(t *testing.T) {
	set := new(point.Set)
	slot := set.Reserve(point.MustParsePath("REQUEST>QUERY>a"))
	other := set.Reserve(point.MustParsePath("RESPONSE>BODY>JSON>PROPERTY>token"))
	plan := set.Compile(point.Limits{})
	var s point.Scan
	for i := range 100 {
		s.Reset(plan, nil)
		x := got(fmt.Sprintf("/?a=%d", i))
		x.Response.Body, x.Response.Whole = []byte(`{"token":"t`+fmt.Sprint(i)+`","token":"u`+fmt.Sprint(i)+`"}`), true
		s.Request(x)
		s.Response(x)
		require.Equal(t, fmt.Sprint(i), string(s.Get(slot).Text))
		require.Equal(t, "u"+fmt.Sprint(i), string(s.Get(other).Text))
		require.Equal(t, 1, s.Duplicates())
	}
	s.Reset(plan, nil)
	require.Zero(t, s.Get(slot))
	require.Zero(t, s.Marks())
	require.Zero(t, s.Duplicates())
	s.Reset(nil, nil)
	require.Zero(t, s.Get(slot))
}

func TestPlanIsShared(t *testing.T) {
	plan, paths := everywhere(point.Limits{})
	x := orderPOST()
	want := scanned(plan, nil, x)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				s := scanned(plan, nil, x)
				for i := range paths {
					if got := s.Get(point.Slot(i)); string(got.Text) != string(want.Get(point.Slot(i)).Text) {
						t.Errorf("%s: %q", paths[i], got.Text)
					}
				}
			}
		})
	}
	wg.Wait()
}

func TestSlotValues(t *testing.T) {
	x := got("/?a=1&a=2&a=3")
	set := new(point.Set)
	slot := set.Reserve(point.MustParsePath("REQUEST>QUERY>a"))
	for limit, want := range map[int][]string{0: {"1", "2", "3"}, 2: {"1", "2"}, 1: {"1"}, -1: {"1"}} {
		s := scanned(set.Compile(point.Limits{SlotValues: limit}), nil, x)
		var list []string
		for v := range s.All(slot) {
			list = append(list, string(v))
		}
		require.Equal(t, want, list)
		require.Equal(t, 3, s.Get(slot).Count)
		for range s.All(slot) {
			break
		}
	}
}

func TestVisitorBudget(t *testing.T) {
	c := new(census)
	s := scanned(new(point.Set).Compile(point.Limits{Values: 5}), c, got("/?a=1&b=2&c=3"))
	require.Equal(t, 5, c.values+c.names)
	require.Equal(t, traffic.LimitMet, s.Marks())

	// Each side has its own.
	x := got("/?a=1&b=2&c=3")
	x.Response.Header = traffic.Header{"X-Token": {"t"}}
	v := new(witness)
	scanned(new(point.Set).Compile(point.Limits{Values: 5}), v, x)
	require.Contains(t, v.values, "RESPONSE → HEADER → X-TOKEN = t")
}

func TestDecoderDepth(t *testing.T) {
	x := posted("application/json", `{"a":{"b":"eyJjIjoie1wiZFwiOjF9In0="}}`)
	const path = "REQUEST>BODY>JSON>PROPERTY>a>PROPERTY>b>BASE64>JSON>PROPERTY>c>JSON>PROPERTY>d"
	r, marks := lookWith(t, x, point.Limits{}, path)
	require.Equal(t, "1", string(r.Text))
	require.Zero(t, marks)
	for depth := 1; depth < 7; depth++ {
		r, marks = lookWith(t, x, point.Limits{Depth: depth}, path)
		require.Equal(t, traffic.TooLarge, r.Found, depth)
		require.Equal(t, traffic.LimitMet, marks, depth)
	}
	r, _ = lookWith(t, x, point.Limits{Depth: 8}, path)
	require.Equal(t, "1", string(r.Text))
}

// The memory of a scan does not grow with use, and large memory is given back.
func TestScanAllocations(t *testing.T) {
	if testkit.Race {
		t.Skip("allocations are not asserted under the race detector")
	}
	set := builtin()
	for _, p := range []string{"REQUEST>BODY>JSON>PROPERTY>token", "REQUEST>BODY>JSON>PROPERTY>items>ITEM>ALL>PROPERTY>sku",
		"REQUEST>BODY>FORM_URLENCODED>a>POLLUTION", "REQUEST>HEADER>AUTHORIZATION>JWT>jwt_payload>PROPERTY>name",
		"RESPONSE>BODY>JSON>PROPERTY>token", "RESPONSE>COOKIE>sid", "REQUEST>PATH>0", "REQUEST>IP"} {
		set.Reserve(point.MustParsePath(p))
	}
	plan := set.Compile(point.Limits{})
	json, form := orderPOST(), posted("application/x-www-form-urlencoded", "a=1&b[x]=%41+&a=2&token=x")
	json.Request.Header["Authorization"] = []string{"Bearer " + johnDoe}
	json.Response = traffic.Response{Status: 200, Body: []byte(`{"token":"\u0061"}`), Whole: true,
		Header: traffic.Header{"Set-Cookie": {"sid=abc; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT"}}}
	for name, x := range map[string]*traffic.Exchange{"get": browserGET(), "json": json, "form": form} {
		for _, v := range []point.Visitor{nil, new(census)} {
			var s point.Scan
			allocs := testing.AllocsPerRun(100, func() {
				s.Reset(plan, v)
				s.Request(x)
				s.Response(x)
			})
			require.Zero(t, allocs, "%s, visitor %t", name, v != nil)
		}
	}
}

// everywhere is a plan with a path into every format.
func everywhere(limits point.Limits) (*point.Plan, []point.Path) {
	set := new(point.Set)
	var paths []point.Path
	for _, side := range []string{"REQUEST", "RESPONSE"} {
		for _, p := range []string{
			"BODY", "BODY>JSON", "BODY>JSON>PROPERTY>a", "BODY>JSON>PROPERTY>a>PROPERTY>b", "BODY>JSON>PROPERTY>ALL>PROPERTY>a", "BODY>JSON>ITEM>0>PROPERTY>a",
			"BODY>JSON>PROPERTY>a>BASE64>JSON>PROPERTY>b", "BODY>JSON>PROPERTY>NAMES", "BODY>XML>XML_TAG>a", "BODY>XML>XML_TAG>a>XML_ATTR>b",
			"BODY>GRAPHQL>QUERY>ALL>PROPERTY>a>ARG>PROPERTY>b", "BODY>GZIP>JSON>PROPERTY>a", "BODY>HTMLJS", "BODY>BASE64>GZIP", "BODY>JWT>jwt_payload>PROPERTY>a",
			"BODY>URLENCODED", "BODY>DEFLATE", "HEADER>X-TEST", "HEADER>X-TEST>JSON>PROPERTY>a", "COOKIE>a", "COOKIE>a>BASE64", "HEADER>ALL", "COOKIE>NAMES",
		} {
			paths = append(paths, point.MustParsePath(side+">"+p))
		}
	}
	for _, p := range []string{
		"QUERY>a", "QUERY>a>PROPERTY>b", "QUERY>a>ITEM>1", "QUERY>a>POLLUTION", "QUERY>ALL", "QUERY>a>JSON>PROPERTY>b", "PATH>0", "ACTION_EXT", "URI>URLENCODED",
		"BODY>FORM_URLENCODED>a", "BODY>FORM_URLENCODED>a>PROPERTY>b>ITEM>0", "BODY>FORM_URLENCODED>a>POLLUTION", "BODY>MULTIPART>a", "BODY>MULTIPART>a>FILE",
		"BODY>MULTIPART>a>HEADER>CONTENT-TYPE", "BODY>MULTIPART>a>PROPERTY>b",
	} {
		paths = append(paths, point.MustParsePath("REQUEST>"+p))
	}
	for _, p := range paths {
		set.Reserve(p)
	}
	return set.Compile(limits), paths
}

var contentTypes = []string{
	"", "application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "text/xml", "application/graphql", "text/plain",
	"application/octet-stream", "application/x-ndjson", "multipart/form-data", "application/problem+json; charset=\"", "multipart/mixed; boundary=\"b",
}

var contentEncodings = []string{"", "gzip", "deflate", "br", "gzip, gzip", ",,", "identity,deflate"}

// FuzzScan shows anything to everything: nothing panics, nothing depends on
// who watches, no limit is passed, and where a value was seen one is found.
func FuzzScan(f *testing.F) {
	for i, seed := range []string{
		`{"a":"x","a":{"b":1}}`, "a=1&a=2&a[b][]=%41", "--b\r\nContent-Disposition: form-data; name=a; filename=x\r\n\r\n1\r\n--b--\r\n", `<a b="1">x<c/></a>`,
		`query q($v: Int = 1) { a(b: $v) { c } }`, gzipped(`{"a":1}`), zlibbed("a=1"), "eyJhIjoiYiJ9.eyJhIjoiYiJ9.c2ln", "{\"a\":1}\n{\"a\":2}", `["a",[`, order,
	} {
		for encoding := range contentEncodings {
			f.Add(seed, "/p/q.r?a=1&a=2&a[b]=3&x=%zz", `a="1"; b=x\y; a=2`, uint8(i), uint8(encoding), uint16(0))
		}
	}
	f.Fuzz(func(t *testing.T, body, target, head string, contentType, encoding uint8, cut uint16) {
		if len(body)+len(target)+len(head) > 1<<14 {
			return
		}
		limits := point.Limits{BodyBytes: int(cut), Depth: 20, Values: 500, ValueBytes: 200, SlotValues: 10, DecodedBytes: 1 << 14}
		x := got(target)
		x.Request.Method = "POST"
		h := traffic.Header{"Content-Type": {contentTypes[int(contentType)%len(contentTypes)]}, "X-Test": {head, body}, "Cookie": {head}, "Set-Cookie": {head, body}}
		if e := contentEncodings[int(encoding)%len(contentEncodings)]; e != "" {
			h["Content-Encoding"] = []string{e}
		}
		x.Request.Header, x.Request.Body = h, traffic.Bytes(body)
		x.Response = traffic.Response{Status: 200, Header: h, Body: []byte(body), Whole: cut%2 == 0}

		plan, paths := everywhere(limits)
		alone, watched := new(point.Scan), new(point.Scan)
		v := new(witness)
		alone.Reset(plan, nil)
		watched.Reset(plan, v)
		for _, s := range []*point.Scan{alone, watched} {
			s.Request(x)
			s.Response(x)
		}
		for i := range paths {
			slot := point.Slot(i)
			require.Equal(t, alone.Get(slot), watched.Get(slot), "%s", paths[i])
			require.LessOrEqual(t, len(alone.Get(slot).Text), 200)
			require.LessOrEqual(t, len(slices.Collect(alone.All(slot))), 10)
		}
		require.LessOrEqual(t, len(v.values)+len(v.names), 1000)
		findSeen(t, x, v, limits)
	})
}

// findSeen looks up the places where a visitor saw values.
func findSeen(t *testing.T, x *traffic.Exchange, v *witness, limits point.Limits) {
	t.Helper()
	set := new(point.Set)
	slots := map[string]point.Slot{}
	for _, p := range v.paths {
		path, err := point.ParsePath(p)
		if err != nil {
			require.Greater(t, len(p), 1000, "%v", err) // only what is too long has no path
			continue
		}
		require.Equal(t, p, path.String())
		slots[p] = set.Reserve(path)
	}
	s := scanned(set.Compile(limits), nil, x)
	for i, p := range v.paths {
		slot, ok := slots[p]
		if !ok || len(v.texts[i]) > 200 {
			continue
		}
		var all []string
		for text := range s.All(slot) {
			all = append(all, string(text))
		}
		r := s.Get(slot)
		// What is refused, or cut off, is shown but not found.
		refused := strings.ContainsAny(v.texts[i], "%;") || strings.Contains(p, "COOKIE") || s.Marks().Has(traffic.LimitMet)
		if r.Found == traffic.Present && r.Count == len(all) && s.Duplicates() == 0 && !refused {
			require.Contains(t, all, v.texts[i], p)
		}
		if s.Duplicates() == 0 && !strings.HasPrefix(p, "RESPONSE → COOKIE") {
			require.NotEqual(t, traffic.Absent, r.Found, "%s = %q", p, v.texts[i])
		}
	}
}

// Every value and every name is shown once; only the URI shows again what its
// parts show.
func TestEverythingOnce(t *testing.T) {
	x := exchange(t, "POST /p01/p02/a03.e04?q05=q06&q05=q07&h08[h09]=h10&l11[]=l12 HTTP/1.1\nHost: h13\nX-H14: h15\nX-H14: h16\n"+
		"Cookie: c17=c18; c19=c20\nContent-Type: application/json\n\n"+`{"j21":"j22","j23":["j24",{"j25":"j26"}],"j27":{"j28":"j29"}}`,
		"HTTP/1.1 200 OK\nX-R30: r31\nSet-Cookie: s32=s33; Path=/s34\nContent-Type: application/json\n\n"+`{"b35":"b36"}`)
	plan, _ := everywhere(point.Limits{})
	v := new(witness)
	scanned(plan, v, x)
	seen := map[string]int{}
	for i, text := range v.texts {
		if v.paths[i] != "REQUEST → URI" {
			seen[strings.ToLower(text)]++
		}
	}
	for _, name := range v.names {
		_, text, _ := strings.Cut(name, " = ")
		seen[strings.ToLower(text)]++
	}
	for _, want := range strings.Fields(`p01 p02 a03 e04 q06 q07 h08[h09] h10 l11[] l12 h13 x-h14 h15 h16 c17 c18 c19 c20
		j21 j22 j23 j24 j25 j26 j27 j28 j29 x-r30 r31 s32 s33 b35 b36 post host`) {
		require.Equal(t, 1, seen[want], want)
	}
	require.Equal(t, 2, seen["q05"], "a name comes as often as it was sent")
}
