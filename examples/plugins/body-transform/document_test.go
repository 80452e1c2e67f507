package bodytransform

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// operations reads operations as a configuration does.
func operations(t testing.TB, raw string) []Operation {
	t.Helper()
	config, err := ParseConfig([]byte(`{"request":{"operations":` + raw + `}}`))
	if err != nil {
		t.Fatal(err)
	}
	return config.Request.Operations
}

func TestTransform(t *testing.T) {
	const set, remove, rename = `[{"op":"set","path":"`, `[{"op":"remove","path":"`, `[{"op":"rename","path":"`
	for name, test := range map[string]struct{ operations, document, want string }{
		"set adds at the end":            {set + `/c","value":3}]`, `{"a":1,"b":2}`, `{"a":1,"b":2,"c":3}`},
		"set replaces in place":          {set + `/a","value":{"x":[]}}]`, `{"a":1,"b":2}`, `{"a":{"x":[]},"b":2}`},
		"set makes the objects between":  {set + `/a/b/c","value":null}]`, `{}`, `{"a":{"b":{"c":null}}}`},
		"set goes through objects":       {set + `/a/b","value":1}]`, `{"a":{"c":2}}`, `{"a":{"c":2,"b":1}}`},
		"set replaces an element":        {set + `/a/1","value":0}]`, `{"a":[1,2,3]}`, `{"a":[1,0,3]}`},
		"set leaves out a far element":   {set + `/a/3","value":0}]`, `{"a":[1,2,3]}`, ``},
		"set does not enter a text":      {set + `/a/b","value":1}]`, `{"a":"text"}`, ``},
		"set on every element":           {set + `/items/*/seen","value":true}]`, `{"items":[{"a":1},2,{}]}`, `{"items":[{"a":1,"seen":true},2,{"seen":true}]}`},
		"set on every member":            {set + `/*","value":0}]`, `{"a":1,"b":2}`, `{"a":0,"b":0}`},
		"set makes nothing under a star": {set + `/a/*/b","value":0}]`, `{}`, ``},
		"remove a member":                {remove + `/a"}]`, `{"a":1,"b":2}`, `{"b":2}`},
		"remove the last member":         {remove + `/a"}]`, `{"a":1}`, `{}`},
		"remove an element":              {remove + `/0"}]`, `[1,2]`, `[2]`},
		"remove what is not there":       {remove + `/x/y"}]`, `{"a":1}`, ``},
		"remove from every element":      {remove + `/*/secret"}]`, `[{"secret":1,"a":2},{"secret":3}]`, `[{"a":2},{}]`},
		"remove all members":             {remove + `/a/*"}]`, `{"a":{"b":1,"c":2}}`, `{"a":{}}`},
		"remove a name that is twice":    {remove + `/a"}]`, `{"a":1,"b":2,"a":3}`, `{"b":2}`},
		"set a name that is twice":       {set + `/a","value":0}]`, `{"a":1,"b":2,"a":3}`, `{"a":0,"b":2}`},
		"below a name that is twice":     {remove + `/a/x"}]`, `{"a":{"x":1},"a":{"x":2}}`, `{"a":{},"a":{}}`},
		"an escaped name":                {remove + `/a"}]`, `{"\u0061":1,"b":2}`, `{"b":2}`},
		"rename keeps the place":         {rename + `/a","to":"z"}]`, `{"a":1,"b":2}`, `{"z":1,"b":2}`},
		"rename in every element":        {rename + `/*/a","to":"z"}]`, `[{"a":1},{"b":2}]`, `[{"z":1},{"b":2}]`},
		"rename onto what is there":      {rename + `/a","to":"b"}]`, `{"b":2,"a":1,"c":3}`, `{"b":1,"c":3}`},
		"rename what is not there":       {rename + `/a","to":"b"}]`, `{"b":2}`, ``},
		"rename to its own name":         {rename + `/a","to":"a"}]`, `{"a":2}`, ``},
		"rename an element":              {rename + `/0","to":"a"}]`, `[1]`, ``},
		"a slash and a tilde in a name":  {remove + `/a~1b/~0c"}]`, `{"a/b":{"~c":1}}`, `{"a/b":{}}`},
		"an empty name":                  {remove + `/"}]`, `{"":1,"a":2}`, `{"a":2}`},
		"a document that is a text":      {remove + `/a"}]`, `"a"`, ``},
		"names that need quotes":         {set + `/\"<&>","value":1}]`, `{}`, `{"\"<&>":1}`},
		"several in order":               {`[{"op":"rename","path":"/a","to":"b"},{"op":"set","path":"/b","value":2},{"op":"remove","path":"/c"}]`, `{"a":1,"c":3}`, `{"b":2}`},
		"numbers keep their digits":      {remove + `/x"}]`, `{"x":0,"n":12345678901234567890.10,"e":1E400}`, `{"n":12345678901234567890.10,"e":1E400}`},
		"the rest keeps its bytes":       {remove + `/x"}]`, "{\"x\":0, \"n\" : [ 1 , \"\\u0061\" ] }", "{\"n\":[ 1 , \"\\u0061\" ]}"},
	} {
		t.Run(name, func(t *testing.T) {
			got, changed, err := transform([]byte(test.document), operations(t, test.operations))
			if err != nil {
				t.Fatal(err)
			}
			if changed != (test.want != "") {
				t.Errorf("changed = %v, result %s", changed, got)
			}
			if changed && string(got) != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			if !json.Valid(got) {
				t.Errorf("%s is not JSON", got)
			}
		})
	}
}

func TestTransformRefusesWhatIsNotJSON(t *testing.T) {
	for _, document := range []string{``, `{`, `{"a":1}}`, `{"a":1} {}`, `{'a':1}`, `{"a":01}`, "\xff",
		strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)} {
		if _, _, err := transform([]byte(document), operations(t, `[{"op":"remove","path":"/a"}]`)); err == nil {
			t.Errorf("%.20q was taken for JSON", document)
		}
	}
}

func TestTransformTurnsAPanicIntoAnError(t *testing.T) {
	// An operation without steps is one that no configuration can make.
	if _, _, err := transform([]byte(`{}`), []Operation{{Op: "set"}}); err == nil {
		t.Error("no error")
	}
}

func FuzzTransformKeepsJSON(f *testing.F) {
	f.Add([]byte(`{"a":{"b":[1,{"c":null}]},"d":"\u0000"}`))
	f.Add([]byte(`[[],{},"",0,true]`))
	f.Add([]byte(`{"a":1,"a":{"b":2}}`))
	ops := operations(f, `[{"op":"rename","path":"/a","to":"d"},{"op":"set","path":"/d/b/0","value":{}},{"op":"remove","path":"/*/c"}]`)
	f.Fuzz(func(t *testing.T, document []byte) {
		got, _, err := transform(document, ops)
		if valid := json.Valid(document); valid != (err == nil) {
			t.Fatalf("valid %v, error %v", valid, err)
		}
		if err == nil && !json.Valid(got) {
			t.Fatalf("%q became %q", document, got)
		}
		if err != nil {
			return
		}
		if members, opening := parseContainer(document); opening != 0 {
			var before, after any
			if json.Unmarshal(document, &before) != nil {
				return // a number out of range
			}
			if err := json.Unmarshal(encodeContainer(members, opening), &after); err != nil || !reflect.DeepEqual(before, after) {
				t.Fatalf("%q was put together again as %q", document, encodeContainer(members, opening))
			}
		}
	})
}

func BenchmarkTransform(b *testing.B) {
	document := []byte(`{"items":[` + strings.Repeat(`{"id":1,"name":"a name","secret":"s"},`, 500) + `{}]}`)
	ops := operations(b, `[{"op":"remove","path":"/items/*/secret"},{"op":"set","path":"/seen","value":true}]`)
	b.SetBytes(int64(len(document)))
	for b.Loop() {
		if _, _, err := transform(document, ops); err != nil {
			b.Fatal(err)
		}
	}
}
