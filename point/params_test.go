package point_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/point"
	"github.com/chaperone-go/chaperone/traffic"
)

// got is a GET for a target.
func got(target string) *traffic.Exchange {
	return &traffic.Exchange{Request: traffic.Request{Method: "GET", Target: target}}
}

// all returns the values kept for a path.
func all(t testing.TB, x *traffic.Exchange, path string) []string {
	t.Helper()
	set := new(point.Set)
	slot := set.Reserve(point.MustParsePath(path))
	var list []string
	for v := range scanned(set.Compile(point.Limits{}), nil, x).All(slot) {
		list = append(list, string(v))
	}
	return list
}

func TestQueryResults(t *testing.T) {
	present := func(text string, count int) point.Result {
		return point.Result{Found: traffic.Present, Text: []byte(text), Count: count}
	}
	absent := point.Result{}
	undecodable := point.Result{Found: traffic.Undecodable}
	for _, c := range []struct {
		name, query, path string
		want              point.Result
	}{
		{"value", "a=1", "a", present("1", 1)},
		{"no equals sign", "a", "a", present("", 1)},
		{"second equals sign", "a=b=c", "a", present("b=c", 1)},
		{"empty name", "=x", `""`, present("x", 1)},
		{"plus and percent", "a=%41+b%2B", "a", present("A b+", 1)},
		{"escaped name", "%61=x", "a", present("x", 1)},
		{"first of several", "a=1&a=2", "a", present("1", 2)},
		{"item 0 of one", "a=1", "a>ITEM>0", present("1", 1)},
		{"no item 1 of one", "a=1", "a>ITEM>1", absent},
		{"no pollution of one", "a=1", "a>POLLUTION", absent},
		{"items do not mix", "a=1&b=x&a=2", "a>ITEM>1", present("2", 1)},
		{"pollution of three", "a=1&b=x&a=2&a=3", "a>POLLUTION", present("1,2,3", 1)},
		{"hash", "a[x]=1&a[y]=2", "a>PROPERTY>y", present("2", 1)},
		{"hash of hash", "a[x][y]=1", "a>PROPERTY>x>PROPERTY>y", present("1", 1)},
		{"hash has no value", "a[x]=1", "a", absent},
		{"array has no value", "a[]=1", "a", absent},
		{"repeated property", "a[x]=1&a[x]=2", "a>PROPERTY>x>ITEM>1", present("2", 1)},
		{"pollution of property", "a[x]=1&a[x]=2", "a>PROPERTY>x>POLLUTION", present("1,2", 1)},
		{"pollution of array", "a[]=1&a[]=2", "a>POLLUTION", present("1,2", 1)},
		{"array in hash", "a[x][]=1&a[x][]=2", "a>PROPERTY>x>ITEM>1", present("2", 1)},
		{"hash in array", "a[][x]=1&a[][x]=2", "a>ITEM>1>PROPERTY>x", present("2", 1)},
		{"number is a property", "a[0]=1", "a>PROPERTY>0", present("1", 1)},
		{"number may be an item", "a[0]=1", "a>ITEM>0", present("1", 1)},
		{"as written", "a[x]=1", `"a[x]"`, present("1", 1)},
		{"escaped brackets", "a%5Bx%5D=1", "a>PROPERTY>x", present("1", 1)},
		{"open bracket", "a[x=1", `"a[x"`, present("1", 1)},
		{"text behind brackets", "a[x]y=1", `"a[x]y"`, present("1", 1)},
		{"bracket in brackets", "a[x[y]]=1", `"a[x[y]]"`, present("1", 1)},
		{"brackets alone", "[x]=1", `"[x]"`, present("1", 1)},
		{"bad escape", "a=%zz", "a", undecodable},
		{"bad escape at the end", "a=%4", "a", undecodable},
		{"bad escape, then a good one", "a=%zz&a=1", "a", present("1", 1)},
		{"bad escape elsewhere", "b=%zz&a=1", "a", present("1", 1)},
		{"semicolon", "a=1;b=2", "a", undecodable},
		{"semicolon does not separate", "b=2;a=1", "a", absent},
		{"empty pairs", "&&a=1&&", "a", present("1", 1)},
		{"not UTF-8", "a=%ff\xfe", "a", present("\xff\xfe", 1)},
		{"norm", "a=1&b=2&a=3", "ALL", present("1", 3)},
		{"norm of items", "a=1&a=2", "a>ITEM>ALL", present("1", 2)},
		{"names", "a=1&b[x]=2&c[]=1", "NAMES", present("a", 3)},
		{"names of properties", "b[x]=2&b[y]=1", "b>PROPERTY>NAMES", present("x", 2)},
		{"base64 below", "a=aGVsbG8%3D", "a>BASE64", present("hello", 1)},
		{"json below", `a={"b":[1]}`, "a>JSON>PROPERTY>b>ITEM>0", present("1", 1)},
		{"case matters", "A=1", "a", absent},
	} {
		t.Run(c.name, func(t *testing.T) {
			got1, _ := look(t, got("/?"+c.query), "REQUEST>QUERY>"+c.path)
			require.Equal(t, c.want, got1)
			form := posted("application/x-www-form-urlencoded", c.query)
			got2, _ := look(t, form, "REQUEST>BODY>FORM_URLENCODED>"+c.path)
			require.Equal(t, c.want, got2, "as a form")
		})
	}
}

func TestQueryVisited(t *testing.T) {
	v := new(witness)
	scanned(new(point.Set).Compile(point.Limits{}), v, got("/a%2fb/c.d.e?x=1&x=2&p[q][]=3&bad=%zz;&+=+"))
	require.Equal(t, []string{
		"REQUEST → METHOD = GET",
		"REQUEST → URI = /a%2fb/c.d.e?x=1&x=2&p[q][]=3&bad=%zz;&+=+",
		"REQUEST → PATH → 0 = a/b", "REQUEST → ACTION_NAME = c", "REQUEST → ACTION_EXT = d.e",
		"REQUEST → QUERY → x = 1", "REQUEST → QUERY → x → ITEM → 1 = 2",
		"REQUEST → QUERY → p → PROPERTY → q → ITEM → 0 = 3", "REQUEST → QUERY → bad = %zz;", `REQUEST → QUERY → " " =  `,
	}, v.values)
	require.Equal(t, []string{
		"REQUEST → QUERY → x = x", "REQUEST → QUERY → x = x", "REQUEST → QUERY → p → PROPERTY → q → ITEM → 0 = p[q][]",
		"REQUEST → QUERY → bad = bad", `REQUEST → QUERY → " " =  `,
	}, v.names)
}

func TestPathParts(t *testing.T) {
	for _, c := range []struct {
		target           string
		parts            []string
		name, ext, uri   string
		nameIs, extThere bool
	}{
		{"/blogs/123/index.php?q", []string{"blogs", "123"}, "index", "php", "/blogs/123/index.php?q", true, true},
		{"/", nil, "", "", "/", true, false},
		{"/a", nil, "a", "", "/a", true, false},
		{"/a/", []string{"a"}, "", "", "/a/", true, false},
		{"/a//b", []string{"a", ""}, "b", "", "/a//b", true, false},
		{"/a.tar.gz", nil, "a", "tar.gz", "/a.tar.gz", true, true},
		{"/.htaccess", nil, "", "htaccess", "/.htaccess", true, true},
		{"/a.", nil, "a", "", "/a.", true, true},
		{"/a%2Fb/%63%2ephp", []string{"a/b"}, "c", "php", "/a%2Fb/%63%2ephp", true, true},
		{"/a%zz/b", []string{"a%zz"}, "b", "", "/a%zz/b", true, false},
		{"http://example.com/a/b?c", []string{"a"}, "b", "", "/a/b?c", true, false},
		{"http://example.com?c=/d", nil, "", "", "?c=/d", true, false},
		{"http://example.com", nil, "", "", "", true, false},
		{"/go?to=http://example.com/x", nil, "go", "", "/go?to=http://example.com/x", true, false},
		{"*", nil, "*", "", "*", true, false},
		{"example.com:443", nil, "example", "com:443", "example.com:443", true, true},
		{"", nil, "", "", "", true, false},
	} {
		t.Run(c.target, func(t *testing.T) {
			x := got(c.target)
			require.Equal(t, c.parts, all(t, x, "REQUEST>PATH>ALL"))
			name, _ := look(t, x, "REQUEST>ACTION_NAME")
			require.Equal(t, point.Result{Found: traffic.Present, Text: append([]byte{}, c.name...), Count: 1}, name)
			ext, _ := look(t, x, "REQUEST>ACTION_EXT")
			require.Equal(t, c.extThere, ext.Found == traffic.Present)
			require.Equal(t, c.ext, string(ext.Text))
			uri, _ := look(t, x, "REQUEST>URI")
			require.Equal(t, c.uri, string(uri.Text))
		})
	}
}

// Ten thousand parameters, and more: those that somebody wants are found,
// wherever they stand; the visitor sees as many as the limit says.
func TestManyParameters(t *testing.T) {
	var q strings.Builder
	for i := range 12_000 {
		fmt.Fprintf(&q, "n%d=%d&", i, i)
	}
	x := got("/?" + q.String() + "token=aaa&token=bbb")
	r, s := look(t, x, "REQUEST>QUERY>token")
	require.Equal(t, "aaa", string(r.Text))
	require.Zero(t, s.Marks())
	require.Equal(t, []string{"aaa", "bbb"}, all(t, x, "REQUEST>QUERY>token>ITEM>ALL"))

	c := new(census)
	set := new(point.Set)
	slot := set.Reserve(point.MustParsePath("REQUEST>QUERY>token>POLLUTION"))
	s = scanned(set.Compile(point.Limits{}), c, x)
	require.Equal(t, 10_000, c.values+c.names)
	require.Equal(t, traffic.LimitMet, s.Marks())
	require.Equal(t, "aaa,bbb", string(s.Get(slot).Text), "who watches does not change what is found")

	// One name ten thousand times.
	x = got("/?" + strings.Repeat("a=x&", 12_000))
	r, s = look(t, x, "REQUEST>QUERY>a")
	require.Equal(t, point.Result{Found: traffic.Present, Text: []byte("x"), Count: 12_000}, r)
	require.Zero(t, s.Marks())
	require.Len(t, all(t, x, "REQUEST>QUERY>a"), 100, "the first ones are kept")
	r, _ = look(t, x, "REQUEST>QUERY>a>ITEM>11999")
	require.Equal(t, "x", string(r.Text))
	r, s = look(t, x, "REQUEST>QUERY>a>POLLUTION")
	require.Equal(t, traffic.TooLarge, r.Found)
	require.Equal(t, traffic.LimitMet, s.Marks())
}

func TestBracketsTooDeep(t *testing.T) {
	x := got("/?a" + strings.Repeat("[b]", 65) + "=1&a[b]=2")
	r, s := look(t, x, "REQUEST>QUERY>a"+strings.Repeat(">PROPERTY>b", 65))
	require.Equal(t, traffic.TooLarge, r.Found)
	require.Equal(t, traffic.LimitMet, s.Marks())
	r, _ = look(t, x, "REQUEST>QUERY>a>PROPERTY>b")
	require.Equal(t, "2", string(r.Text))
}

// FuzzQuery compares queries and forms with net/url: the differences are those
// that form.go lists.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{
		"", "a=1", "a=1&a=2&b=3", "a=%41+b%2B&%61=x", "a=%zz&a=1", "a;b=1&c=2", "a=1;b=2", "&&=&=x&x=", "a[x]=1&a[x]=2&a[]=3&a[][b]=4",
		"a[=1&a]=2&a[x]y=3&[]=4&a[[x]]=5", "%5B%5D=1&a%5B%5D=2", "a=\xff&\xff=b&%ff=c", "%=1&%4=2&%4g=3&x=%", "a+b=c+d&a b=c d", "é=ü", "a%26b=c%3Dd",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		if len(query) > 1<<14 || strings.Count(query, "&") > 90 {
			return
		}
		want, _ := url.ParseQuery(query)
		for _, c := range []struct {
			x    *traffic.Exchange
			path []point.Step
		}{
			{got("/?" + query), []point.Step{{Kind: point.Query}}},
			{posted("application/x-www-form-urlencoded", query), []point.Step{{Kind: point.Body}, {Kind: point.Form}}},
		} {
			compareParams(t, c.x, c.path, want)
		}
	})
}

// names is a visitor that collects names.
type names map[string]bool

func (n names) Visit(v point.Value) {
	if v.IsName {
		n[string(v.Text)] = true
	}
}

// compareParams looks every name of want up, and those that only the visitor
// saw, which must have no value.
func compareParams(t *testing.T, x *traffic.Exchange, path []point.Step, want map[string][]string) {
	t.Helper()
	known := names{}
	scanned(new(point.Set).Compile(point.Limits{}), known, x)
	for name := range want {
		if !(len(path) == 2 && strings.IndexAny(strings.TrimLeft(string(x.Request.Body.(traffic.Bytes)), " \t\r\n\ufeff"), "{[") == 0) {
			require.Contains(t, known, name)
		}
		known[name] = true
	}
	set := new(point.Set)
	slots := map[string]point.Slot{}
	for name := range known {
		steps := append([]point.Step(nil), path...)
		steps[len(steps)-1].Name = name
		if p, err := point.PathFrom(point.Request, steps...); err == nil {
			slots[name] = set.Reserve(p)
		}
	}
	s := scanned(set.Compile(point.Limits{ValueBytes: -1}), nil, x)
	for name, slot := range slots {
		var values []string
		for v := range s.All(slot) {
			values = append(values, string(v))
		}
		require.Equal(t, want[name], values, "%q", name)
		require.Equal(t, len(want[name]), s.Get(slot).Count, "%q", name)
	}
}
