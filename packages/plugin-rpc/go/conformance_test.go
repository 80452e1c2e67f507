package pluginrpc

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"math"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The vectors that the TypeScript library is tested by, too.
const vectorsFile = "../conformance/map-codec.json"

type vectorValue struct {
	Type        string
	Value       any
	Hex         string
	Repeat      int
	Seconds     string
	Nanoseconds int64
	Items       []vectorValue
	Fields      map[string]vectorValue
	Depth       int
	Inner       *vectorValue
}

type vector struct {
	Name  string
	Hex   string
	Value vectorValue
}

type vectors struct {
	Values, Readable, Refused []vector
}

func readVectors(t *testing.T) (v vectors) {
	t.Helper()
	text, err := os.ReadFile(vectorsFile)
	if err == nil {
		err = json.Unmarshal(text, &v)
	}
	if err != nil {
		t.Fatal(err)
	}
	if len(v.Values) == 0 || len(v.Readable) == 0 || len(v.Refused) == 0 {
		t.Fatalf("%s lacks vectors", vectorsFile)
	}
	return v
}

func (v vectorValue) build(t *testing.T) any {
	t.Helper()
	times := max(v.Repeat, 1)
	number := func(text string) int64 {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	switch v.Type {
	case "nil":
		return nil
	case "bool":
		return v.Value
	case "int64":
		return number(v.Value.(string))
	case "float64":
		f, err := strconv.ParseFloat(v.Value.(string), 64)
		if err != nil {
			t.Fatal(err)
		}
		return f
	case "string":
		return strings.Repeat(v.Value.(string), times)
	case "bytes":
		return unhex(t, strings.Repeat(v.Hex, times))
	case "time":
		return time.Unix(number(v.Seconds), v.Nanoseconds).UTC()
	case "list":
		items := []any{}
		for range times {
			for _, item := range v.Items {
				items = append(items, item.build(t))
			}
		}
		return items
	case "nested":
		value := v.Inner.build(t)
		for range v.Depth {
			value = []any{value}
		}
		return value
	case "map":
		fields := map[string]any{}
		for key, field := range v.Fields {
			fields[key] = field.build(t)
		}
		return fields
	}
	t.Fatalf("a vector has the type %q", v.Type)
	return nil
}

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	result := []byte{}
	for _, piece := range strings.Fields(text) {
		unit, times, repeated := strings.Cut(piece, "*")
		count := 1
		if repeated {
			var err error
			if count, err = strconv.Atoi(times); err != nil {
				t.Fatal(err)
			}
		}
		bytes, err := hex.DecodeString(strings.Repeat(unit, count))
		if err != nil {
			t.Fatal(err)
		}
		result = append(result, bytes...)
	}
	return result
}

func same(a, b any) bool {
	if f, ok := a.(float64); ok {
		g, ok := b.(float64)
		return ok && (math.IsNaN(f) && math.IsNaN(g) || math.Float64bits(f) == math.Float64bits(g))
	}
	return reflect.DeepEqual(a, b)
}

func TestWritesEveryVector(t *testing.T) {
	for _, vector := range readVectors(t).Values {
		t.Run(vector.Name, func(t *testing.T) {
			written, err := EncodeMap(vector.Value.build(t))
			if err != nil {
				t.Fatal(err)
			}
			if got, want := hex.EncodeToString(written), hex.EncodeToString(unhex(t, vector.Hex)); got != want {
				t.Errorf("wrote %.80s, not %.80s", got, want)
			}
		})
	}
}

func TestReadsEveryVector(t *testing.T) {
	all := readVectors(t)
	for _, vector := range append(all.Values, all.Readable...) {
		t.Run(vector.Name, func(t *testing.T) {
			value, err := DecodeMap(unhex(t, vector.Hex))
			if err != nil {
				t.Fatal(err)
			}
			if want := vector.Value.build(t); !same(value, want) {
				t.Errorf("read %.80v, not %.80v", value, want)
			}
		})
	}
}

func TestRefusesWhatIsNoValue(t *testing.T) {
	for _, vector := range readVectors(t).Refused {
		t.Run(vector.Name, func(t *testing.T) {
			if value, err := DecodeMap(unhex(t, vector.Hex)); !errors.Is(err, ErrWrongType) {
				t.Errorf("read %.80v, %v", value, err)
			}
		})
	}
}
