package point_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/point"
	"github.com/chaperone-go/chaperone/traffic"
)

// witness collects what a visitor sees: path = text, in order.
type witness struct {
	values, names []string
	paths         []string // of the values
	texts         []string
}

func (v *witness) Visit(value point.Value) {
	path, text := string(value.AppendPath(nil)), string(value.Text)
	if value.IsName {
		v.names = append(v.names, path+" = "+text)
		return
	}
	v.values = append(v.values, path+" = "+text)
	v.paths, v.texts = append(v.paths, path), append(v.texts, text)
}

// posted is an exchange with a body of a type.
func posted(contentType, body string) *traffic.Exchange {
	x := &traffic.Exchange{Request: traffic.Request{Method: "POST", Target: "/", Body: traffic.Bytes(body), Header: traffic.Header{}}}
	if contentType != "" {
		x.Request.Header["Content-Type"] = []string{contentType}
	}
	return x
}

// bodySeen scans the body of x alone: the values in it, without the start of
// their paths.
func bodySeen(x *traffic.Exchange, limits point.Limits) (*witness, *point.Scan) {
	all := new(witness)
	s := scanned(new(point.Set).Compile(limits), all, x)
	in := new(witness)
	cut := func(list []string) (out []string) {
		for _, v := range list {
			if rest, ok := strings.CutPrefix(v, "REQUEST → BODY"); ok {
				out = append(out, strings.TrimPrefix(rest, " → "))
			}
		}
		return out
	}
	in.values, in.names = cut(all.values), cut(all.names)
	for i, p := range all.paths {
		if strings.HasPrefix(p, "REQUEST → BODY") {
			in.paths, in.texts = append(in.paths, p), append(in.texts, all.texts[i])
		}
	}
	return in, s
}

func TestJSONVisited(t *testing.T) {
	f := func(body string, want ...string) {
		t.Helper()
		got, s := bodySeen(posted("application/json", body), point.Limits{})
		require.Equal(t, want, got.values, body)
		require.Zero(t, s.Marks(), body)
	}
	f(`{"a":1}`, `JSON → PROPERTY → a = 1`)
	f(` { "a" : [ 1 , { "b" : "x" } , [ ] , { } ] } `,
		`JSON → PROPERTY → a → ITEM → 0 = 1`, `JSON → PROPERTY → a → ITEM → 1 → PROPERTY → b = x`)
	f(`"top"`, `JSON = top`)
	f(`-0.5e+3`, `JSON = -0.5e+3`)
	f(`[true,false,null]`, `JSON → ITEM → 0 = true`, `JSON → ITEM → 1 = false`)
	f(`{"":""}`, `JSON → PROPERTY → "" = `)
	f("\xef\xbb\xbf{\"bom\":1}", `JSON → PROPERTY → bom = 1`)
	f(`{"a\u0062":"\ud83d\ude00\n\/"}`, "JSON → PROPERTY → ab = 😀\n/")
	f(`{"lone":"\ud83dx\udc00"}`, "JSON → PROPERTY → lone = \ufffdx\ufffd")
	f("{\"bad\":\"a\xffb\"}", "JSON → PROPERTY → bad = a\ufffdb")
	f(`{"long name with spaces":"é"}`, `JSON → PROPERTY → "long name with spaces" = é`)
}

func TestJSONNames(t *testing.T) {
	got, _ := bodySeen(posted("application/json", `{"a":{"b":1,"c":[{"d":null}]}}`), point.Limits{})
	require.Equal(t, []string{
		`JSON → PROPERTY → a = a`, `JSON → PROPERTY → a → PROPERTY → b = b`, `JSON → PROPERTY → a → PROPERTY → c = c`,
		`JSON → PROPERTY → a → PROPERTY → c → ITEM → 0 → PROPERTY → d = d`,
	}, got.names)
}

func TestJSONResults(t *testing.T) {
	const deep = `{"a":{"b":{"c":{"d":"x"}}}}`
	type row struct {
		name, body, path string
		want             point.Result
		marks            traffic.Mark
	}
	present := func(text string) point.Result {
		return point.Result{Found: traffic.Present, Text: []byte(text), Count: 1}
	}
	for _, c := range []row{
		{"value", `{"a":"x"}`, "PROPERTY>a", present("x"), 0},
		{"number as written", `{"a":1e999}`, "PROPERTY>a", present("1e999"), 0},
		{"true", `{"a":true}`, "PROPERTY>a", present("true"), 0},
		{"null is absent", `{"a":null}`, "PROPERTY>a", point.Result{}, 0},
		{"empty is present", `{"a":""}`, "PROPERTY>a", present(""), 0},
		{"object is no value", `{"a":{"b":1}}`, "PROPERTY>a", point.Result{}, 0},
		{"array is no value", `{"a":["x"]}`, "PROPERTY>a", point.Result{}, 0},
		{"absent", `{"b":"x"}`, "PROPERTY>a", point.Result{}, 0},
		{"case matters", `{"A":"x"}`, "PROPERTY>a", point.Result{}, 0},
		{"escaped name", `{"\u0061":"x"}`, "PROPERTY>a", present("x"), 0},
		{"last duplicate wins", `{"a":"x","b":1,"a":"y"}`, "PROPERTY>a", present("y"), 0},
		{"last duplicate null", `{"a":"x","a":null}`, "PROPERTY>a", point.Result{}, 0},
		{"last duplicate object", `{"a":"x","a":{}}`, "PROPERTY>a", point.Result{}, 0},
		{"duplicate replaces object", `{"a":{"b":"x"},"a":{"c":"y"}}`, "PROPERTY>a>PROPERTY>b", point.Result{}, 0},
		{"same name elsewhere is none", `[{"a":"x"},{"a":"y"}]`, "ITEM>0>PROPERTY>a", present("x"), 0},
		{"escaped duplicate", `{"a":"x","\u0061":"y"}`, "PROPERTY>a", present("y"), 0},
		{"item", `[1,[2,3]]`, "ITEM>1>ITEM>0", present("2"), 0},
		{"item far", `[` + strings.Repeat("0,", 99) + `7]`, "ITEM>99", present("7"), 0},
		{"norm", `{"a":1,"b":2}`, "PROPERTY>ALL", point.Result{Found: traffic.Present, Text: []byte("1"), Count: 2}, 0},
		{"names", `{"a":1,"b":2}`, "PROPERTY>NAMES", point.Result{Found: traffic.Present, Text: []byte("a"), Count: 2}, 0},
		{"before garbage", `{"a":"x"} garbage`, "PROPERTY>a", present("x"), traffic.BodyUndecodable},
		{"behind garbage", `{"b":1 garbage "a":"x"}`, "PROPERTY>a", point.Result{Found: traffic.Undecodable}, traffic.BodyUndecodable},
		{"ends before", `{"b":1,`, "PROPERTY>a", point.Result{Found: traffic.Undecodable}, traffic.BodyUndecodable},
		{"ends in the value", `{"a":"x`, "PROPERTY>a", point.Result{Found: traffic.Undecodable}, traffic.BodyUndecodable},
		{"ends behind the value", `{"a":"x"`, "PROPERTY>a", present("x"), traffic.BodyUndecodable},
		{"garbage in what nobody wants", `{"b":[1,}],"a":"x"}`, "PROPERTY>a", point.Result{Found: traffic.Undecodable}, traffic.BodyUndecodable},
		{"control byte", "{\"b\":\"\x01\",\"a\":\"x\"}", "PROPERTY>a", point.Result{Found: traffic.Undecodable}, traffic.BodyUndecodable},
		{"bad escape", `{"b":"\q","a":"x"}`, "PROPERTY>a", point.Result{Found: traffic.Undecodable}, traffic.BodyUndecodable},
		{"leading zero", `{"b":01,"a":"x"}`, "PROPERTY>a", point.Result{Found: traffic.Undecodable}, traffic.BodyUndecodable},
		{"single quotes", `{'a':'x'}`, "PROPERTY>a", point.Result{Found: traffic.Undecodable}, traffic.BodyUndecodable},
		{"depth", deep, "PROPERTY>a>PROPERTY>b>PROPERTY>c>PROPERTY>d", present("x"), 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, s := look(t, posted("application/json", c.body), "REQUEST>BODY>JSON>"+c.path)
			require.Equal(t, c.want, got)
			require.Equal(t, c.marks, s.Marks())
		})
	}
}

func TestJSONDuplicates(t *testing.T) {
	f := func(body string, unwatched, watched int) {
		t.Helper()
		x := posted("application/json", body)
		_, s := look(t, x, "REQUEST>BODY>JSON>PROPERTY>a")
		require.Equal(t, unwatched, s.Duplicates(), body)
		_, s = bodySeen(x, point.Limits{})
		require.Equal(t, watched, s.Duplicates(), body)
	}
	f(`{"a":1,"b":2}`, 0, 0)
	f(`{"a":1,"a":2,"a":3}`, 2, 2)
	f(`{"b":1,"b":2}`, 0, 1)
	f(`{"a":{"a":1},"c":{"a":1}}`, 0, 0)
	f(`[{"a":1},{"a":1}]`, 0, 0)
	f(`{"a":1,"\u0061":2}`, 1, 1)
}

// What a duplicate replaces is forgotten, and nothing else.
func TestJSONDuplicatesForget(t *testing.T) {
	set := new(point.Set)
	paths := []string{"PROPERTY>a>PROPERTY>x", "PROPERTY>a>PROPERTY>y", "PROPERTY>ALL>PROPERTY>x", "PROPERTY>b>PROPERTY>x"}
	for i, p := range paths {
		require.EqualValues(t, i, set.Reserve(point.MustParsePath("REQUEST>BODY>JSON>"+p)))
	}
	body := `{"b":{"x":"bx"},"a":{"x":"a1","y":"a1","x":"a2"},"c":{"x":"cx"},"a":{"x":"a3"}}`
	s := scanned(set.Compile(point.Limits{}), nil, posted("application/json", body))
	all := func(slot point.Slot) (list []string) {
		for v := range s.All(slot) {
			list = append(list, string(v))
		}
		return list
	}
	require.Equal(t, []string{"a3"}, all(0))
	require.Empty(t, all(1))
	require.Equal(t, traffic.Absent, s.Get(1).Found)
	require.Equal(t, []string{"bx", "a2", "cx", "a3"}, all(2), "the norm shows what was replaced where it stands")
	require.Equal(t, []string{"bx"}, all(3))
	require.Equal(t, 4, s.Get(2).Count)
	require.Equal(t, 2, s.Duplicates())
}

func TestJSONDepth(t *testing.T) {
	nested := func(n int) string {
		return `{"deep":` + strings.Repeat(`[`, n) + `"x"` + strings.Repeat(`]`, n) + `,"after":"y"}`
	}
	limits := point.Limits{Depth: 10}
	got, s := bodySeen(posted("application/json", nested(9)), limits)
	require.Equal(t, []string{"x", "y"}, got.texts)
	require.Zero(t, s.Marks())
	got, s = bodySeen(posted("application/json", nested(10)), limits)
	require.Equal(t, []string{"y"}, got.texts, "what is too deep is skipped, the rest is read")
	require.Equal(t, traffic.LimitMet, s.Marks())

	// However deep it goes, skipping does not recurse.
	for _, n := range []int{62, 63, 64, 65, 127, 128, 129, 30_000} {
		x := posted("application/json", nested(n))
		got, s := look(t, x, "REQUEST>BODY>JSON>PROPERTY>after")
		require.Equal(t, "y", string(got.Text), "%d", n)
		require.Zero(t, s.Marks())
	}
	got1, s := look(t, posted("application/json", nested(100)), "REQUEST>BODY>JSON>PROPERTY>deep"+strings.Repeat(">ITEM>0", 100))
	require.Equal(t, traffic.TooLarge, got1.Found)
	require.Equal(t, traffic.LimitMet, s.Marks())
	broken := posted("application/json", `{"a":`+strings.Repeat("[", 200)+"}")
	got1, _ = look(t, broken, "REQUEST>BODY>JSON>PROPERTY>b")
	require.Equal(t, traffic.Undecodable, got1.Found)
}

func TestJSONLines(t *testing.T) {
	body := "{\"a\":1}\n\n  \r\n{\"a\":2}\r\n{bad\n\"three\""
	for _, contentType := range []string{"application/x-ndjson", "application/jsonl; charset=utf-8", "application/ndjson"} {
		got, s := bodySeen(posted(contentType, body), point.Limits{})
		require.Equal(t, []string{`JSON → ITEM → 0 → PROPERTY → a = 1`, `JSON → ITEM → 1 → PROPERTY → a = 2`, `JSON → ITEM → 3 = three`},
			got.values[:3], contentType)
		require.Equal(t, traffic.BodyUndecodable, s.Marks())
		r, s := look(t, posted(contentType, body), "REQUEST>BODY>JSON>ITEM>1>PROPERTY>a")
		require.Equal(t, "2", string(r.Text))
		require.Zero(t, s.Marks(), "lines nobody wants are not looked at")
	}
}

// Cut off anywhere, a body gives the values that were complete and says that
// others may be missing; damaged anywhere, it says so.
func TestJSONCutAnywhere(t *testing.T) {
	set := new(point.Set)
	want := map[point.Slot]string{}
	for path, text := range map[string]string{
		"PROPERTY>user>PROPERTY>id": "u-48213", "PROPERTY>items>ITEM>1>PROPERTY>price": "12.50", "PROPERTY>newsletter": "false",
		"PROPERTY>comment":                     "Please leave the parcel at the back door, thank you very much. The bell does not work at the moment, so knock, please.",
		"PROPERTY>meta>PROPERTY>screen>ITEM>1": "1080", "PROPERTY>session": "4f7d2a90-53c1-4a59-9a0e-2f6b8f3f1c77",
	} {
		want[set.Reserve(point.MustParsePath("REQUEST>BODY>JSON>"+path))] = text
	}
	x := posted("application/json", order)
	for cut := 1; cut < len(order); cut++ {
		for _, v := range []point.Visitor{nil, new(census)} {
			s := scanned(set.Compile(point.Limits{BodyBytes: cut}), v, x)
			require.Equal(t, traffic.BodyTruncated|traffic.LimitMet, s.Marks())
			d := scanned(set.Compile(point.Limits{}), v, posted("application/json", order[:cut]))
			require.Equal(t, traffic.BodyUndecodable, d.Marks())
			for slot, text := range want {
				got := s.Get(slot)
				if got.Found == traffic.Present {
					require.Equal(t, text, string(got.Text))
				} else {
					require.Equal(t, traffic.TooLarge, got.Found)
					// Only of what ends with the text is it not known whether it goes on.
					require.True(t, strings.HasSuffix(order[:cut], string(d.Get(slot).Text)))
				}
			}
		}
	}
}

// flatten lists the scalars of a decoded document by path, as the scan has
// them.
func flatten(path string, v any, into map[string]string) {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			flatten(path+" → PROPERTY → "+name, member, into)
		}
	case []any:
		for i, item := range v {
			flatten(fmt.Sprintf("%s → ITEM → %d", path, i), item, into)
		}
	case string:
		into[path] = v
	case json.Number:
		into[path] = string(v)
	case bool:
		into[path] = fmt.Sprint(v)
	}
}

// plainPaths is a visitor that collects paths without quotes, as flatten
// makes them.
type plainPaths struct{ at map[string]string }

func (p *plainPaths) Visit(v point.Value) {
	if !v.IsName {
		p.at[point.PlainPath(v)] = string(v.Text)
	}
}

var jsonSeeds = []string{
	`{}`, `[]`, ``, ` `, `{"a":1}`, `{"a":{"b":[1,2,{"c":"d"}]}}`, `{"a":1,"a":2}`, `{"a":{"x":1},"a":{"y":2}}`, `{"a":[1],"a":[2,3]}`,
	`[[[[[[1]]]]]]`, `"\ud800\udc00"`, `"\ud800"`, `"\ud800\u0041"`, "\"\xff\xfe\"", `{"\u0061":1,"a":2}`, `nul`, `null`, `tru`, `true`, `falsey`,
	`-`, `-0`, `01`, `1.`, `1.5e`, `1e+`, `1E-7`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `[1,`, `[1 2]`, `{"a" 1}`, `{1:2}`, `{"a":1}}`, `{"a":1} x`,
	"\xef\xbb\xbf[1]", "[\"\x00\"]", "[\"\x7f\u2028\"]", `["\x"]`, `["\u12"]`, `["\u12g4"]`, `["a\"b\\c\/d\b\f\n\r\t"]`, `[1,]`, `{,}`, `[,1]`,
	`["12345678","1234567\"8","123456\\78"]`, `["éééééééé","日本語日本語"]`, "\t[\r\n1 ,\n2 ]\n", `{"":{"":""}}`, order,
}

// FuzzJSON compares the scanner with encoding/json; the differences are those
// that json.go lists.
func FuzzJSON(f *testing.F) {
	for _, seed := range jsonSeeds {
		f.Add([]byte(seed))
	}
	limits := point.Limits{Depth: -1, Values: -1, ValueBytes: -1, BodyBytes: 1 << 20}
	empty, other := new(point.Set).Compile(limits), new(point.Set)
	other.Reserve(point.MustParsePath("REQUEST>BODY>JSON>PROPERTY>\"nobody has this name\""))
	other.Reserve(point.MustParsePath("REQUEST>BODY>JSON>ITEM>99999"))
	elsewhere := other.Compile(limits)
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(bytes.TrimSpace(b)) == 0 || len(b) > 1<<16 || bytes.Count(b, []byte("["))+bytes.Count(b, []byte("{")) > 900 {
			return
		}
		x := posted("application/json", string(b))
		x.Request.Target, x.Request.Method = "", ""
		got := plainPaths{map[string]string{}}
		s := scanned(empty, &got, x)

		var doc any
		d := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))))
		d.UseNumber()
		err := d.Decode(&doc)
		valid := json.Valid(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")))
		require.Equal(t, valid, !s.Marks().Has(traffic.BodyUndecodable), "valid, or marked")
		unseen := scanned(elsewhere, nil, x)
		require.Equal(t, valid, !unseen.Marks().Has(traffic.BodyUndecodable), "valid, or marked, when all is skipped")
		if err != nil {
			return // both gave up; what was readable is ours to say
		}
		want := map[string]string{}
		flatten("REQUEST → BODY → JSON", doc, want)
		if s.Duplicates() == 0 && valid {
			for _, head := range []string{"METHOD", "URI", "ACTION_NAME"} {
				delete(got.at, "REQUEST → "+head)
			}
			delete(got.at, "REQUEST → HEADER → CONTENT-TYPE")
			require.Equal(t, want, got.at)
		}
		lookUpAll(t, x, doc, limits)
	})
}

// lookUpAll reserves the path of every scalar of doc and compares what the
// scan finds when nobody watches.
func lookUpAll(t *testing.T, x *traffic.Exchange, doc any, limits point.Limits) {
	type leaf struct {
		path point.Path
		text string
	}
	var leaves []leaf
	var walk func(steps []point.Step, v any)
	walk = func(steps []point.Step, v any) {
		switch v := v.(type) {
		case map[string]any:
			names := make([]string, 0, len(v))
			for name := range v {
				names = append(names, name)
			}
			sort.Strings(names)
			for _, name := range names {
				walk(append(steps[:len(steps):len(steps)], point.Step{Kind: point.Property, Name: name}), v[name])
			}
		case []any:
			for i := range v {
				walk(append(steps[:len(steps):len(steps)], point.Step{Kind: point.Item, Index: i}), v[i])
			}
		case nil:
		default:
			one := map[string]string{}
			flatten("", v, one)
			if p, err := point.PathFrom(point.Request, steps...); err == nil {
				leaves = append(leaves, leaf{p, one[""]})
			}
		}
	}
	walk([]point.Step{{Kind: point.Body}, {Kind: point.JSON}}, doc)
	if len(leaves) > 200 {
		leaves = leaves[:200]
	}
	set := new(point.Set)
	for _, l := range leaves {
		set.Reserve(l.path)
	}
	s := scanned(set.Compile(limits), nil, x)
	for i, l := range leaves {
		got := s.Get(set.Reserve(l.path))
		require.Equal(t, traffic.Present, got.Found, "%s", l.path)
		require.Equal(t, l.text, string(got.Text), "%d: %s", i, l.path)
		require.Equal(t, 1, got.Count, "%s", l.path)
	}
}
