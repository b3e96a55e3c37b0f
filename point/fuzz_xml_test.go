package point_test

import (
	"bytes"
	"encoding/xml"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/point"
	"github.com/chaperone-go/chaperone/traffic"
)

// xmlOracle reads a document with encoding/xml, not strict, and says what a
// visitor should see.
type xmlOracle struct {
	seen  []seenValue
	stack []*oracleTag
	pis   int
	notes int
	deep  bool // deeper than we read
}

type oracleTag struct {
	written string
	steps   []point.Step
	text    []byte
	inner   bool
	counts  map[string]int
}

// read returns true when the document is well-formed, as far as the oracle
// can tell.
func (o *xmlOracle) read(doc string) (whole bool) {
	d := xml.NewDecoder(strings.NewReader(doc))
	d.Strict = false
	root := &oracleTag{steps: []point.Step{{Kind: point.Body}, {Kind: point.XML}}, counts: map[string]int{}}
	o.stack = append(o.stack, root)
	some := false
	for first := true; ; first = false {
		t, err := d.RawToken()
		if err != nil {
			return d.InputOffset() == int64(len(doc)) && err.Error() == "EOF" && len(o.stack) == 1 && some
		}
		top := o.stack[len(o.stack)-1]
		switch t := t.(type) {
		case xml.StartElement:
			some = true
			o.open(top, t)
		case xml.EndElement:
			if len(o.stack) == 1 || written(t.Name) != top.written {
				return false
			}
			o.stack = o.stack[:len(o.stack)-1]
			if !top.inner || len(bytes.Trim(top.text, " \t\r\n")) > 0 {
				o.see(top.steps, string(top.text))
			}
		case xml.CharData:
			if len(o.stack) == 1 && len(bytes.Trim(t, " \t\r\n")) > 0 {
				o.see(root.steps, string(t))
			}
			top.text = append(top.text, t...)
		case xml.Comment:
			o.see(append(root.steps[:2:2], point.Step{Kind: point.XMLComment, Index: o.notes}), string(t))
			o.notes++
		case xml.ProcInst:
			if first && t.Target == "xml" && len(doc) > 5 && strings.IndexByte(" \t\r\n", doc[5]) >= 0 {
				continue
			}
			o.see(append(root.steps[:2:2], point.Step{Kind: point.XMLPI, Index: o.pis}), t.Target+string(t.Inst))
			o.pis++
		}
	}
}

func (o *xmlOracle) open(outer *oracleTag, t xml.StartElement) {
	outer.inner = true
	name := written(t.Name)
	tag := &oracleTag{written: name, counts: map[string]int{}}
	tag.steps = append(outer.steps[:len(outer.steps):len(outer.steps)], point.Step{Kind: point.XMLTag, Name: name})
	// Tags are counted by all their names, and go by the name as written.
	index := outer.counts[name]
	outer.counts[name]++
	if t.Name.Local != name {
		outer.counts[t.Name.Local]++
	}
	if index > 0 {
		tag.steps = append(tag.steps, point.Step{Kind: point.Item, Index: index})
	}
	o.stack = append(o.stack, tag)
	o.deep = o.deep || len(o.stack) > 1000
	for _, a := range t.Attr {
		steps := append(tag.steps[:len(tag.steps):len(tag.steps)], point.Step{Kind: point.XMLAttr, Name: written(a.Name)})
		o.see(steps, a.Value)
	}
}

func written(n xml.Name) string {
	if n.Space != "" {
		return n.Space + ":" + n.Local
	}
	return n.Local
}

func (o *xmlOracle) see(steps []point.Step, text string) {
	var path []byte
	for _, st := range steps {
		path = append(path, st.Kind.String()+"/"+st.Name+"/"+itoa(st.Index)+" "...)
	}
	o.seen = append(o.seen, seenValue{path: string(path), text: text})
}

// FuzzXML compares with encoding/xml: whatever it reads, up to its first
// error, is read here in the same way; and what it reads whole leaves no
// mark. What else we read is told in xmltoken.go.
func FuzzXML(f *testing.F) {
	for _, doc := range []string{
		rpc, soap, "<a/>", "<a>x</a>", "<a b='1' c=2 d e = \"3\">x<b/>y</a>", "<a>&lt;&#65;&#x41;&amp;&x;&#;&#xZ;&#99999999;</a>",
		"<a>1\r\n2\r3</a>", "<a><![CDATA[x\r\n&amp;]]>y</a>", "<!-- c --><?pi x?><a><!----><?p?></a>", "<a><b></a></b>",
		"<a:b xmlns:a='u'><a:b/><b/></a:b>", "<!DOCTYPE a [<!ENTITY x 'y'><!-- > -->]><a>&x;</a>", "<!a '>' <b> >", "<a", "<a>", "</a>",
		"<?xml version='1.0'?><a/>", "<?xml?><a/>", "<a b=\"&quot;\r\n\">]]></a>", "<é>ü</é>", "<a>\xff</a>", "<a><b/>text<b/></a>", "<a b='<'/>",
		"text<a/>", "<a/>&amp;", "<a:b:c/>", "<a:/>", "<:a/>", "<a b:c='1' b:c='2'/>",
	} {
		f.Add(doc)
	}
	f.Fuzz(checkXML)
}

// Documents of random pieces find more than random bytes do.
func TestXMLRandom(t *testing.T) {
	pieces := []string{
		"<a>", "</a>", "<a/>", "<b>", "</b>", "<p:a>", "</p:a>", "<a x='1' p:x=2 y>", "<n.1-x/>", "<b x=\"&lt;&#10;&foo;&#0;\"\t/>", " ", "\r\n", "\n", "text", "&amp;", "&", "&#x41;", ";", "<", ">", "]]>",
		"<![CDATA[", "<!--", "-->", "--", "<?", "?>", "<?pi x ?>", "<!", "<!DOCTYPE a [", "]>", "<!ENTITY e 'v'>", "'", "\"", "é", "\xff", "/", "=", "xmlns:p='u'", "<!-- c -->", "<![CDATA[d<e>&f;]]>",
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	for range 5000 {
		var doc strings.Builder
		for range r.IntN(12) {
			doc.WriteString(pieces[r.IntN(len(pieces))])
		}
		checkXML(t, "<a>"+doc.String()+"</a>")
		checkXML(t, doc.String())
	}
}

// checkXML compares what we and the oracle see in a document.
func checkXML(t *testing.T, doc string) {
	w, s := visited("text/xml", doc, point.Limits{Depth: -1, Values: -1, BodyBytes: 1 << 20})
	require.NoError(t, w.err)
	if len(doc) == 0 || strings.Contains(doc, "encoding") || strings.HasPrefix(doc, "\xef\xbb\xbf") || strings.HasPrefix(doc, "\xfe\xff") ||
		strings.HasPrefix(doc, "\xff\xfe") || strings.HasPrefix(doc, "\x00<") || strings.HasPrefix(doc, "<\x00") {
		return // read in other characters
	}
	var o xmlOracle
	whole := o.read(doc)
	if o.deep {
		return
	}
	var ours []seenValue
	for _, v := range w.values {
		if !v.isName && strings.HasPrefix(v.path, "REQUEST → BODY") && !strings.Contains(v.path, "XML_DTD") {
			ours = append(ours, plainSteps(t, v))
		}
	}
	require.GreaterOrEqual(t, len(ours), len(o.seen))
	if whole && !strings.Contains(doc, "<!") {
		require.False(t, s.Marks().Has(traffic.BodyUndecodable))
		require.Len(t, ours, len(o.seen))
	}
	for i, want := range o.seen {
		if strings.Contains(want.path, "XML_PI") { // the spaces after the target are not told
			ours[i].text = strings.Join(strings.Fields(ours[i].text), "")
			want.text = strings.Join(strings.Fields(want.text), "")
		}
		require.Equal(t, want, ours[i])
	}
}

// plainSteps brings a path into the oracle's form.
func plainSteps(t *testing.T, v seenValue) seenValue {
	p, err := point.ParsePath(v.path)
	require.NoError(t, err)
	var o xmlOracle
	o.see(p.Steps(), v.text)
	return o.seen[0]
}
