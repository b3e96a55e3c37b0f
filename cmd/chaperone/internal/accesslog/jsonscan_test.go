package accesslog

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var jsonTexts = []string{
	`{}`, ` { } `, `{"a":1}`, `{"a":[]}`, `{"a":[1,"x",true,null,{"b":[[2]]}],"c":{"d":{}}}`, `{"a":"\u00e9\n\"\\\/\b\f\r\t"}`,
	`{"a":"\ud83d\ude00"}`, `{"a":"\ud83d"}`, `{"a":"\ud83d\u0041"}`, `{"a":"\udE00x"}`, `{"a":-0.5e+10,"b":0,"c":-0}`, "{\"a\":\"\xff\"}",
	`{"a":"\x"}`, `{"a":"\u12g4"}`, "{\"a\":\"\n\"}", `{"a":01}`, `{"a":1.}`, `{"a":.5}`, `{"a":1e}`, `{"a":-}`, `{"a" 1}`, `{"a":1,}`, `{,}`, `{"a":[1,]}`,
	`{"a":tru}`, `{"a":nul}`, `[]`, `1`, ``, `{`, `{"`, `{"a`, `{"a":`, `{"a":"\`, `{"a":[`, `{a:1}`, `{"a":1}}`, `{"a":1 "b":2}`, `{"a":{"b":1]}`, "{\"a\":1}\x00",
}

// flat is the stupid way: decode all, then walk.
func flat(v any, path string, out *[]string) {
	switch v := v.(type) {
	case map[string]any:
		for k, w := range v {
			if path != "" {
				k = path + "." + k
			}
			flat(w, k, out)
		}
	case []any:
		for _, w := range v {
			flat(w, path, out)
		}
	case nil:
		*out = append(*out, path+"=null")
	default:
		*out = append(*out, fmt.Sprintf("%s=%v", path, v))
	}
}

// scanAll is the scan under test, in the same shape.
func scanAll(s string) (list []string, ok bool) {
	var j jsonScan
	j.emit = func(path []byte, name string, _ jsonKind, text string) {
		if !strings.HasSuffix(string(path), name) {
			panic("the name is the end of the path")
		}
		list = append(list, string(path)+"="+text)
	}
	ok = j.object(s)
	return list, ok
}

// checkScan compares with encoding/json. Objects with a name twice, and
// invalid UTF-8, are only compared for what they are, not for their values.
func checkScan(t *testing.T, s string) {
	list, ok := scanAll(s)
	trimmed := strings.TrimLeft(s, " \t\r\n")
	want := json.Valid([]byte(s)) && strings.HasPrefix(trimmed, "{") && depthOf(s) <= maxDepth
	require.Equal(t, want, ok, "%q", s)
	if !ok {
		return
	}
	dec := json.NewDecoder(strings.NewReader(s))
	dec.UseNumber()
	var v any
	require.NoError(t, dec.Decode(&v))
	var all []string
	flat(v, "", &all)
	if len(all) == len(list) && json.Valid([]byte(s)) && strings.ToValidUTF8(s, "") == s {
		require.ElementsMatch(t, all, list, "%q", s)
	}
}

// depthOf counts how deep s nests, by the brackets outside of strings.
func depthOf(s string) (deepest int) {
	depth, inside := 0, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case inside && c == '\\':
			i++
		case c == '"':
			inside = !inside
		case !inside && (c == '{' || c == '['):
			depth++
			deepest = max(deepest, depth)
		case !inside && (c == '}' || c == ']'):
			depth--
		}
	}
	return deepest
}

func TestJSONScan(t *testing.T) {
	for _, s := range jsonTexts {
		checkScan(t, s)
	}
	list, ok := scanAll(`{"a":{"b":["x",{"c":1}],"d":null},"e":true}`)
	require.True(t, ok)
	require.Equal(t, []string{"a.b=x", "a.b.c=1", "a.d=null", "e=true"}, list)
	checkScan(t, strings.Repeat(`{"a":`, maxDepth)+"1"+strings.Repeat("}", maxDepth))
	checkScan(t, strings.Repeat(`{"a":`, maxDepth+1)+"1"+strings.Repeat("}", maxDepth+1))
}

func FuzzJSONScan(f *testing.F) {
	for _, s := range jsonTexts {
		f.Add(s)
	}
	f.Fuzz(checkScan)
}
