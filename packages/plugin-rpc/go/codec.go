package pluginrpc

import (
	"fmt"
	"strings"
)

// Codec turns values into payloads and back. Both sides of a call must know it by name.
type Codec interface {
	Name() string
	// Encode fails with ErrWrongType when the value is nothing this codec can carry.
	Encode(value any) ([]byte, error)
	// Decode fails with ErrWrongType when the bytes are not this codec's.
	Decode(payload []byte) (any, error)
}

// Encoded is a value together with the codec to send it in. Without it a []byte goes as
// "bytes" and everything else as "map".
type Encoded struct {
	Codec string
	Value any
}

// MapCodec is MessagePack with the types of numbers and times kept; see docs/map-codec.md.
// It reads values as nil, bool, int64 (uint64 above its range), float64, string, []byte,
// time.Time, []any and map[string]any.
var MapCodec Codec = mapCodec{}

// BytesCodec carries the caller's own encoding.
var BytesCodec Codec = bytesCodec{}

type mapCodec struct{}

func (mapCodec) Name() string                       { return "map" }
func (mapCodec) Encode(value any) ([]byte, error)   { return EncodeMap(value) }
func (mapCodec) Decode(payload []byte) (any, error) { return DecodeMap(payload) }

type bytesCodec struct{}

func (bytesCodec) Name() string { return "bytes" }

func (bytesCodec) Encode(value any) ([]byte, error) {
	payload, ok := value.([]byte)
	if !ok {
		return nil, errorf(ErrWrongType, "The bytes codec carries a []byte, not %T", value)
	}
	return payload, nil
}

func (bytesCodec) Decode(payload []byte) (any, error) { return payload, nil }

type registry struct {
	names  []string
	byName map[string]Codec
}

func newRegistry(more []Codec) *registry {
	r := &registry{byName: map[string]Codec{}}
	for _, codec := range append([]Codec{MapCodec, BytesCodec}, more...) {
		if _, ok := r.byName[codec.Name()]; !ok {
			r.names = append(r.names, codec.Name())
		}
		r.byName[codec.Name()] = codec
	}
	return r
}

func (r *registry) get(name string) (Codec, error) {
	codec, ok := r.byName[name]
	if !ok {
		return nil, errorf(ErrUnknownCodec, "There is no codec %q here; known are %s", name, strings.Join(r.names, ", "))
	}
	return codec, nil
}

func (r *registry) encode(value any) (codec string, payload []byte, err error) {
	switch v := value.(type) {
	case []byte:
		return "bytes", v, nil
	case Encoded:
		found, err := r.get(v.Codec)
		if err != nil {
			return "", nil, err
		}
		payload, err := found.Encode(v.Value)
		return v.Codec, payload, err
	default:
		payload, err := EncodeMap(value)
		return "map", payload, err
	}
}

// Payload is what was received: arguments, a part or a result, in one of the codecs.
// Reading it as another fails at once with ErrWrongType.
type Payload struct {
	// Codec is the name of the codec it came in.
	Codec string
	raw   []byte
	from  *registry
	name  string
}

// Size is its length on the wire.
func (p *Payload) Size() int { return len(p.raw) }

// Map gives the fields of a map.
func (p *Payload) Map() (Map, error) {
	if err := p.expect("map"); err != nil {
		return Map{}, err
	}
	value, err := p.Value()
	if err != nil {
		return Map{}, err
	}
	fields, ok := value.(map[string]any)
	if !ok {
		return Map{}, errorf(ErrWrongType, "%s is %s, not a map", p.name, describe(value))
	}
	return Map{fields: fields}, nil
}

// Bytes gives the caller's own encoding.
func (p *Payload) Bytes() ([]byte, error) {
	return p.raw, p.expect("bytes")
}

// Value gives whatever the codec makes of it.
func (p *Payload) Value() (any, error) {
	codec, err := p.from.get(p.Codec)
	if err != nil {
		return nil, err
	}
	return codec.Decode(p.raw)
}

func (p *Payload) expect(codec string) error {
	if p.Codec != codec {
		return errorf(ErrWrongType, "%s is in the codec %q, not %q", p.name, p.Codec, codec)
	}
	return nil
}

func (p *Payload) String() string {
	return fmt.Sprintf("%s (%s, %d bytes)", p.name, p.Codec, len(p.raw))
}
