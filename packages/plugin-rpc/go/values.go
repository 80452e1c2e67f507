package pluginrpc

import (
	"encoding/json"
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"
	"time"
)

func kindOf(value any) string {
	switch value.(type) {
	case nil:
		return "nil"
	case bool:
		return "a bool"
	case int64, uint64:
		return "an int64"
	case float64:
		return "a float64"
	case string:
		return "a string"
	case []byte:
		return "bytes"
	case time.Time:
		return "a time"
	case []any:
		return "a list"
	default:
		return "a map"
	}
}

func describe(value any) string {
	switch v := value.(type) {
	case string:
		short := []rune(v)
		if len(short) > 40 {
			short = append(short[:40], '…')
		}
		quoted, _ := json.Marshal(string(short))
		return fmt.Sprintf("a string (%s)", quoted)
	case bool, int64, uint64:
		return fmt.Sprintf("%s (%v)", kindOf(value), value)
	case float64:
		return fmt.Sprintf("a float64 (%s)", strconv.FormatFloat(v, 'g', -1, 64))
	default:
		return kindOf(value)
	}
}

// A value with the path it was found at.
type found struct {
	value  any
	path   string
	absent bool
}

func (f found) isNil() bool { return f.value == nil }

func (f found) refuse(wanted string) error {
	what := describe(f.value)
	if f.absent {
		what = "missing"
	}
	return errorf(ErrWrongType, "%s is %s, not %s", f.path, what, wanted)
}

func readInt64(f found) (int64, error) {
	switch v := f.value.(type) {
	case int64:
		return v, nil
	case float64:
		// Libraries with one number type cannot say which they meant.
		if v == math.Trunc(v) && math.Abs(v) <= 1<<53-1 {
			return int64(v), nil
		}
	}
	return 0, f.refuse("an int64")
}

func readInt32(f found) (int32, error) {
	v, err := readInt64(f)
	if err != nil || v < math.MinInt32 || v > math.MaxInt32 {
		return 0, f.refuse("an int32")
	}
	return int32(v), nil
}

func readFloat64(f found) (float64, error) {
	switch v := f.value.(type) {
	case float64:
		return v, nil
	case int64:
		// 2⁶³ itself is no int64, and its conversion back is not defined.
		if float := float64(v); float < 1<<63 && int64(float) == v {
			return float, nil
		}
	case uint64:
		if float := float64(v); float < 1<<64 && uint64(float) == v {
			return float, nil
		}
	}
	return 0, f.refuse("a float64")
}

func readAs[T any](wanted string) func(found) (T, error) {
	return func(f found) (T, error) {
		v, ok := f.value.(T)
		if !ok {
			return v, f.refuse(wanted)
		}
		return v, nil
	}
}

var (
	readString = readAs[string]("a string")
	readBool   = readAs[bool]("a bool")
	readBytes  = readAs[[]byte]("bytes")
	readTime   = readAs[time.Time]("a time")
)

func readMap(f found) (Map, error) {
	fields, ok := f.value.(map[string]any)
	if !ok {
		return Map{}, f.refuse("a map")
	}
	return Map{fields: fields, path: f.path}, nil
}

func readList(f found) (List, error) {
	items, ok := f.value.([]any)
	if !ok {
		return List{}, f.refuse("a list")
	}
	return List{items: items, path: f.path}, nil
}

func or[T any](f found, whenAbsent T, read func(found) (T, error)) (T, error) {
	if f.isNil() {
		return whenAbsent, nil
	}
	return read(f)
}

func readEnum(f found, allowed []string) (string, error) {
	if v, ok := f.value.(string); ok {
		for _, name := range allowed {
			if v == name {
				return v, nil
			}
		}
	}
	quoted := make([]string, len(allowed))
	for i, name := range allowed {
		quoted[i] = strconv.Quote(name)
	}
	return "", f.refuse("one of " + strings.Join(quoted, ", "))
}

// Map is a map received in the Map codec. Every getter refuses another type with
// ErrWrongType, naming the path, the type there and the type wanted. What is absent or nil
// is refused too, unless a default is given (the getters that end in Or).
type Map struct {
	fields map[string]any
	path   string
}

func (m Map) at(key string) found {
	value, ok := m.fields[key]
	return found{value: value, path: joinPath(m.path, key), absent: !ok}
}

// Has says whether there is something other than nil.
func (m Map) Has(key string) bool { return m.fields[key] != nil }

// Keys gives the keys, sorted.
func (m Map) Keys() []string {
	keys := make([]string, 0, len(m.fields))
	for key := range m.fields {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

func (m Map) Int64(key string) (int64, error) { return readInt64(m.at(key)) }
func (m Map) Int64Or(key string, whenAbsent int64) (int64, error) {
	return or(m.at(key), whenAbsent, readInt64)
}

// Int32 reads an int64 within 32 bits.
func (m Map) Int32(key string) (int32, error) { return readInt32(m.at(key)) }
func (m Map) Int32Or(key string, whenAbsent int32) (int32, error) {
	return or(m.at(key), whenAbsent, readInt32)
}

// Float64 takes an int64 too when it is exact.
func (m Map) Float64(key string) (float64, error) { return readFloat64(m.at(key)) }
func (m Map) Float64Or(key string, whenAbsent float64) (float64, error) {
	return or(m.at(key), whenAbsent, readFloat64)
}

func (m Map) String(key string) (string, error) { return readString(m.at(key)) }
func (m Map) StringOr(key, whenAbsent string) (string, error) {
	return or(m.at(key), whenAbsent, readString)
}

func (m Map) Bool(key string) (bool, error) { return readBool(m.at(key)) }
func (m Map) BoolOr(key string, whenAbsent bool) (bool, error) {
	return or(m.at(key), whenAbsent, readBool)
}

func (m Map) Bytes(key string) ([]byte, error) { return readBytes(m.at(key)) }
func (m Map) BytesOr(key string, whenAbsent []byte) ([]byte, error) {
	return or(m.at(key), whenAbsent, readBytes)
}

func (m Map) Time(key string) (time.Time, error) { return readTime(m.at(key)) }
func (m Map) TimeOr(key string, whenAbsent time.Time) (time.Time, error) {
	return or(m.at(key), whenAbsent, readTime)
}

func (m Map) Map(key string) (Map, error) { return readMap(m.at(key)) }
func (m Map) MapOr(key string, whenAbsent Map) (Map, error) {
	return or(m.at(key), whenAbsent, readMap)
}

func (m Map) List(key string) (List, error) { return readList(m.at(key)) }
func (m Map) ListOr(key string, whenAbsent List) (List, error) {
	return or(m.at(key), whenAbsent, readList)
}

// Enum reads one of the allowed strings.
func (m Map) Enum(key string, allowed ...string) (string, error) {
	return readEnum(m.at(key), allowed)
}

// Any gives whatever it is: nil, bool, int64, uint64, float64, string, []byte, time.Time,
// []any or map[string]any.
func (m Map) Any(key string) any { return m.fields[key] }

// List is a list received in the Map codec; its getters are those of Map.
type List struct {
	items []any
	path  string
}

// Len is the number of items.
func (l List) Len() int { return len(l.items) }

func (l List) at(index int) found {
	path := fmt.Sprintf("%s[%d]", l.path, index)
	if index < 0 || index >= len(l.items) {
		return found{path: path, absent: true}
	}
	return found{value: l.items[index], path: path}
}

// Has says whether there is something other than nil.
func (l List) Has(index int) bool { return !l.at(index).isNil() }

func (l List) Int64(index int) (int64, error)     { return readInt64(l.at(index)) }
func (l List) Int32(index int) (int32, error)     { return readInt32(l.at(index)) }
func (l List) Float64(index int) (float64, error) { return readFloat64(l.at(index)) }
func (l List) String(index int) (string, error)   { return readString(l.at(index)) }
func (l List) Bool(index int) (bool, error)       { return readBool(l.at(index)) }
func (l List) Bytes(index int) ([]byte, error)    { return readBytes(l.at(index)) }
func (l List) Time(index int) (time.Time, error)  { return readTime(l.at(index)) }
func (l List) Map(index int) (Map, error)         { return readMap(l.at(index)) }
func (l List) List(index int) (List, error)       { return readList(l.at(index)) }
func (l List) Enum(index int, allowed ...string) (string, error) {
	return readEnum(l.at(index), allowed)
}

// Any gives whatever it is; see Map.Any.
func (l List) Any(index int) any { return l.at(index).value }
