package pluginrpc

import (
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"sort"
	"strings"
	"time"
)

const (
	maxDepth      = 100
	timestampExt  = 0xff
	protoKey      = "__proto__"
	maxNanosecond = 999_999_999
)

// EncodeMap writes a value in the Map codec: the same value always as the same bytes, and
// as the same bytes as the TypeScript library does (docs/map-codec.md).
//
// It takes nil, booleans, every integer and float type, strings, []byte, time.Time, slices,
// arrays, maps with string keys, pointers to these, and Map and List as they were received.
func EncodeMap(value any) ([]byte, error) {
	return appendValue(make([]byte, 0, 64), value, "", 0)
}

func refuseValue(path, what string) error {
	if path == "" {
		path = "The value"
	}
	return errorf(ErrWrongType, "%s is %s, which the map codec cannot carry", path, what)
}

func appendValue(to []byte, value any, path string, depth int) ([]byte, error) {
	switch v := value.(type) {
	case nil:
		return append(to, 0xc0), nil
	case bool:
		return appendBool(to, v), nil
	case int:
		return appendInt(to, int64(v)), nil
	case int32:
		return appendInt(to, int64(v)), nil
	case int64:
		return appendInt(to, v), nil
	case float64:
		return appendFloat(to, v), nil
	case string:
		return appendString(to, v), nil
	case []byte:
		return appendBytes(to, v), nil
	case time.Time:
		return appendTime(to, v), nil
	case Map:
		return appendStringMap(to, v.fields, path, depth)
	case List:
		return appendList(to, reflect.ValueOf(v.items), path, depth)
	case map[string]any:
		return appendStringMap(to, v, path, depth)
	default:
		return appendReflected(to, reflect.ValueOf(value), path, depth)
	}
}

func appendReflected(to []byte, v reflect.Value, path string, depth int) ([]byte, error) {
	switch v.Kind() {
	case reflect.Bool:
		return appendBool(to, v.Bool()), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return appendInt(to, v.Int()), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		if v.Uint() > math.MaxInt64 {
			return nil, refuseValue(path, "an integer beyond 64 bits")
		}
		return appendInt(to, int64(v.Uint())), nil
	case reflect.Float32, reflect.Float64:
		return appendFloat(to, v.Float()), nil
	case reflect.String:
		return appendString(to, v.String()), nil
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return append(to, 0xc0), nil
		}
		return appendValue(to, v.Elem().Interface(), path, depth)
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8 {
			return appendBytes(to, v.Bytes()), nil
		}
		return appendList(to, v, path, depth)
	case reflect.Map:
		if v.Type().Key().Kind() != reflect.String {
			return nil, refuseValue(path, fmt.Sprintf("a map with keys of type %s", v.Type().Key()))
		}
		fields := make(map[string]any, v.Len())
		for iterator := v.MapRange(); iterator.Next(); {
			fields[iterator.Key().String()] = iterator.Value().Interface()
		}
		return appendStringMap(to, fields, path, depth)
	default:
		return nil, refuseValue(path, fmt.Sprintf("a %s", v.Type()))
	}
}

func appendBool(to []byte, v bool) []byte {
	if v {
		return append(to, 0xc3)
	}
	return append(to, 0xc2)
}

// Integers are always nine bytes.
func appendInt(to []byte, v int64) []byte {
	if v < 0 {
		return binary.BigEndian.AppendUint64(append(to, 0xd3), uint64(v))
	}
	return binary.BigEndian.AppendUint64(append(to, 0xcf), uint64(v))
}

func appendFloat(to []byte, v float64) []byte {
	bits := math.Float64bits(v)
	if math.IsNaN(v) {
		bits = 0x7ff8000000000000
	}
	return binary.BigEndian.AppendUint64(append(to, 0xcb), bits)
}

func validString(v string) string {
	return strings.ToValidUTF8(v, "\ufffd")
}

func appendString(to []byte, v string) []byte {
	v = validString(v)
	switch size := len(v); {
	case size < 32:
		to = append(to, 0xa0|byte(size))
	default:
		to = appendLength(to, size, 0xd9)
	}
	return append(to, v...)
}

func appendBytes(to []byte, v []byte) []byte {
	return append(appendLength(to, len(v), 0xc4), v...)
}

// Writes the shortest of three formats: with the length in 1, 2 or 4 bytes.
func appendLength(to []byte, size int, first byte) []byte {
	switch {
	case size <= math.MaxUint8:
		return append(to, first, byte(size))
	case size <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(to, first+1), uint16(size))
	default:
		return binary.BigEndian.AppendUint32(append(to, first+2), uint32(size))
	}
}

func appendTime(to []byte, v time.Time) []byte {
	seconds, nanoseconds := v.Unix(), v.Nanosecond()
	switch {
	case nanoseconds == 0 && seconds >= 0 && seconds < 1<<32:
		return binary.BigEndian.AppendUint32(append(to, 0xd6, timestampExt), uint32(seconds))
	case seconds >= 0 && seconds < 1<<34:
		return binary.BigEndian.AppendUint64(append(to, 0xd7, timestampExt), uint64(nanoseconds)<<34|uint64(seconds))
	default:
		to = binary.BigEndian.AppendUint32(append(to, 0xc7, 12, timestampExt), uint32(nanoseconds))
		return binary.BigEndian.AppendUint64(to, uint64(seconds))
	}
}

func appendContainer(to []byte, size int, fix, first byte) []byte {
	switch {
	case size < 16:
		return append(to, fix|byte(size))
	case size <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(to, first), uint16(size))
	default:
		return binary.BigEndian.AppendUint32(append(to, first+1), uint32(size))
	}
}

func tooDeep(path string) error {
	return refuseValue(path, fmt.Sprintf("nested more than %d deep", maxDepth))
}

func appendList(to []byte, v reflect.Value, path string, depth int) ([]byte, error) {
	if depth >= maxDepth {
		return nil, tooDeep(path)
	}
	to = appendContainer(to, v.Len(), 0x90, 0xdc)
	var err error
	for i := range v.Len() {
		to, err = appendValue(to, v.Index(i).Interface(), fmt.Sprintf("%s[%d]", path, i), depth+1)
		if err != nil {
			return nil, err
		}
	}
	return to, nil
}

func appendStringMap(to []byte, fields map[string]any, path string, depth int) ([]byte, error) {
	if depth >= maxDepth {
		return nil, tooDeep(path)
	}
	keys := make([]string, 0, len(fields))
	for key := range fields {
		if key == protoKey {
			return nil, refuseValue(path, "a map with the key __proto__")
		}
		if validString(key) != key {
			return nil, refuseValue(path, fmt.Sprintf("a map with the key %q, no UTF-8", key))
		}
		keys = append(keys, key)
	}
	sort.Strings(keys)
	to = appendContainer(to, len(keys), 0x80, 0xde)
	var err error
	for _, key := range keys {
		to = appendString(to, key)
		if to, err = appendValue(to, fields[key], joinPath(path, key), depth+1); err != nil {
			return nil, err
		}
	}
	return to, nil
}

func joinPath(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// DecodeMap reads one value of the Map codec, as nil, bool, int64 (uint64 above its range),
// float64, string, []byte, time.Time, []any or map[string]any.
func DecodeMap(payload []byte) (any, error) {
	r := mapReader{rest: payload}
	value, err := r.value(0)
	if err == nil && len(r.rest) > 0 {
		err = fmt.Errorf("%d bytes are left over after the value", len(r.rest))
	}
	if err != nil {
		return nil, errorf(ErrWrongType, "The payload is not the map codec's: %s", err)
	}
	return value, nil
}

type mapReader struct {
	rest []byte
}

func (r *mapReader) take(size int) ([]byte, error) {
	if size > len(r.rest) {
		return nil, fmt.Errorf("it ends in the middle of a value")
	}
	taken := r.rest[:size]
	r.rest = r.rest[size:]
	return taken, nil
}

// Reads an unsigned integer of 1, 2, 4 or 8 bytes.
func (r *mapReader) unsigned(size int) (uint64, error) {
	bytes, err := r.take(size)
	if err != nil {
		return 0, err
	}
	var value uint64
	for _, b := range bytes {
		value = value<<8 | uint64(b)
	}
	return value, nil
}

func (r *mapReader) value(depth int) (any, error) {
	head, err := r.take(1)
	if err != nil {
		return nil, err
	}
	format := head[0]
	switch {
	case format <= 0x7f:
		return int64(format), nil
	case format <= 0x8f:
		return r.mapOf(int(format&0x0f), depth)
	case format <= 0x9f:
		return r.list(int(format&0x0f), depth)
	case format <= 0xbf:
		return r.text(uint64(format & 0x1f))
	case format >= 0xe0:
		return int64(int8(format)), nil
	}
	switch format {
	case 0xc0:
		return nil, nil
	case 0xc2, 0xc3:
		return format == 0xc3, nil
	case 0xc4, 0xc5, 0xc6:
		size, err := r.unsigned(1 << (format - 0xc4))
		if err != nil {
			return nil, err
		}
		return r.binary(size)
	case 0xc7, 0xc8, 0xc9:
		size, err := r.unsigned(1 << (format - 0xc7))
		if err != nil {
			return nil, err
		}
		return r.ext(size)
	case 0xca:
		bits, err := r.unsigned(4)
		return float64(math.Float32frombits(uint32(bits))), err
	case 0xcb:
		bits, err := r.unsigned(8)
		return math.Float64frombits(bits), err
	case 0xcc, 0xcd, 0xce, 0xcf:
		value, err := r.unsigned(1 << (format - 0xcc))
		if value > math.MaxInt64 {
			return value, err
		}
		return int64(value), err
	case 0xd0, 0xd1, 0xd2, 0xd3:
		size := 1 << (format - 0xd0)
		value, err := r.unsigned(size)
		unused := 64 - 8*size
		return int64(value<<unused) >> unused, err
	case 0xd4, 0xd5, 0xd6, 0xd7, 0xd8:
		return r.ext(1 << (format - 0xd4))
	case 0xd9, 0xda, 0xdb:
		size, err := r.unsigned(1 << (format - 0xd9))
		if err != nil {
			return nil, err
		}
		return r.text(size)
	case 0xdc, 0xdd:
		size, err := r.unsigned(2 << (format - 0xdc))
		if err != nil {
			return nil, err
		}
		return r.list(int(size), depth)
	case 0xde, 0xdf:
		size, err := r.unsigned(2 << (format - 0xde))
		if err != nil {
			return nil, err
		}
		return r.mapOf(int(size), depth)
	}
	return nil, fmt.Errorf("%#x begins no value", format)
}

func (r *mapReader) binary(size uint64) ([]byte, error) {
	bytes, err := r.take(int(size))
	return append([]byte{}, bytes...), err
}

func (r *mapReader) text(size uint64) (string, error) {
	bytes, err := r.take(int(size))
	return validString(string(bytes)), err
}

func (r *mapReader) ext(size uint64) (any, error) {
	kind, err := r.unsigned(1)
	if err != nil {
		return nil, err
	}
	if kind != timestampExt {
		return nil, fmt.Errorf("ext type %d is not known", int8(kind))
	}
	var seconds, nanoseconds uint64
	switch size {
	case 4:
		seconds, err = r.unsigned(4)
	case 8:
		var both uint64
		both, err = r.unsigned(8)
		seconds, nanoseconds = both&(1<<34-1), both>>34
	case 12:
		if nanoseconds, err = r.unsigned(4); err == nil {
			seconds, err = r.unsigned(8)
		}
	default:
		return nil, fmt.Errorf("a timestamp has 4, 8 or 12 bytes, not %d", size)
	}
	if err != nil {
		return nil, err
	}
	if nanoseconds > maxNanosecond {
		return nil, fmt.Errorf("a timestamp has %d nanoseconds; at most %d make sense", nanoseconds, maxNanosecond)
	}
	return time.Unix(int64(seconds), int64(nanoseconds)).UTC(), nil
}

func (r *mapReader) checkContainer(values, depth int) error {
	if values > 0 && depth >= maxDepth {
		return fmt.Errorf("it nests more than %d deep", maxDepth)
	}
	// Each value has a byte at least: nothing is made for what cannot be there.
	if values > len(r.rest) {
		return fmt.Errorf("it ends in the middle of a value")
	}
	return nil
}

func (r *mapReader) list(size, depth int) (any, error) {
	if err := r.checkContainer(size, depth); err != nil {
		return nil, err
	}
	items := make([]any, size)
	for i := range items {
		var err error
		if items[i], err = r.value(depth + 1); err != nil {
			return nil, err
		}
	}
	return items, nil
}

func (r *mapReader) mapOf(size, depth int) (any, error) {
	if err := r.checkContainer(2*size, depth); err != nil {
		return nil, err
	}
	fields := make(map[string]any, size)
	for range size {
		key, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		name, ok := key.(string)
		if !ok {
			return nil, fmt.Errorf("a map has %s for a key", describe(key))
		}
		if name == protoKey {
			return nil, fmt.Errorf("a map has the key __proto__")
		}
		if fields[name], err = r.value(depth + 1); err != nil {
			return nil, err
		}
	}
	return fields, nil
}
