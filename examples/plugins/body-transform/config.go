package bodytransform

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Mode says how a body is read.
type Mode string

const (
	// Buffered holds the whole body, one JSON document, before any of it goes on.
	Buffered Mode = "buffered"
	// Streamed passes a body on line by line, each a JSON document (NDJSON).
	Streamed Mode = "streamed"
)

// Policy says what happens to a body, or a line, that cannot be transformed.
type Policy string

const (
	// Reject answers the request with an error.
	Reject Policy = "reject"
	// Pass lets the body or the line go on as it is.
	Pass Policy = "pass"
)

const (
	// defaultMaxBytes is below the 1 MiB that Envoy buffers by default.
	defaultMaxBytes = 512 << 10
	// maxMaxBytes bounds what a single request can make Envoy hold.
	maxMaxBytes = 64 << 20
)

// Config is the filter's configuration. The schema in catalog-info.yaml describes it for people.
type Config struct {
	// Request says what to do to the bodies of requests; nil for nothing.
	Request *Rules `json:"request"`
	// Response says what to do to the bodies of responses; nil for nothing.
	Response *Rules `json:"response"`
}

// Rules say what to do to the bodies that go in one direction.
type Rules struct {
	// Operations are done in order.
	Operations []Operation `json:"operations"`
	// Mode is how the body is read.
	Mode Mode `json:"mode"`
	// ContentTypes are the media types of the bodies that are read; "*" stands for any text.
	ContentTypes []string `json:"contentTypes"`
	// MaxBytes is the largest body, in buffered mode, or line, in streamed mode, in bytes.
	MaxBytes *int `json:"maxBytes"`
	// TooLarge is what happens to a larger one.
	TooLarge Policy `json:"tooLarge"`
	// Invalid is what happens to what is not JSON, or is compressed.
	Invalid Policy `json:"invalid"`
}

// An Operation changes one place of a JSON document, or several when its path has a "*".
type Operation struct {
	// Op is "set", "remove" or "rename".
	Op string `json:"op"`
	// Path is a JSON pointer (RFC 6901) in which "*" stands for every member or element.
	Path string `json:"path"`
	// Value is what set puts there.
	Value json.RawMessage `json:"value"`
	// To is the name that rename gives.
	To string `json:"to"`

	steps []string
}

// ParseConfig reads the filter's configuration from JSON, fills in the defaults and refuses what
// it does not know. The error is what an operator sees in Envoy's log, so it names the field.
func ParseConfig(raw []byte) (Config, error) {
	var config Config
	if err := decodeStrict(raw, &config); err != nil {
		return Config{}, err
	}
	if config.Request == nil && config.Response == nil {
		return Config{}, errors.New("there is neither request nor response: say which bodies to transform")
	}
	if err := config.Request.complete("request"); err != nil {
		return Config{}, err
	}
	if err := config.Response.complete("response"); err != nil {
		return Config{}, err
	}
	return config, nil
}

// complete fills in the defaults and says what is wrong with the rest.
func (r *Rules) complete(field string) error {
	if r == nil {
		return nil
	}
	if r.Mode == "" {
		r.Mode = Buffered
	}
	if r.TooLarge == "" {
		r.TooLarge = Reject
	}
	if r.Invalid == "" {
		r.Invalid = Reject
	}
	if r.MaxBytes == nil {
		size := defaultMaxBytes
		r.MaxBytes = &size
	}
	if r.Mode != Buffered && r.Mode != Streamed {
		return fmt.Errorf("%s.mode %q is unknown: use %q or %q", field, r.Mode, Buffered, Streamed)
	}
	if r.ContentTypes == nil {
		r.ContentTypes = []string{"application/json", "application/*+json"}
		if r.Mode == Streamed {
			r.ContentTypes = []string{"application/x-ndjson", "application/ndjson", "application/jsonl"}
		}
	}
	for i, pattern := range r.ContentTypes {
		if strings.Count(pattern, "/") != 1 || strings.ContainsAny(pattern, "; ,") || strings.Count(pattern, "*") > 1 {
			return fmt.Errorf("%s.contentTypes has %q, which is not a media type such as application/json or application/*+json", field, pattern)
		}
		r.ContentTypes[i] = strings.ToLower(pattern)
	}
	if *r.MaxBytes < 1 || *r.MaxBytes > maxMaxBytes {
		return fmt.Errorf("%s.maxBytes is %d: use 1 to %d", field, *r.MaxBytes, maxMaxBytes)
	}
	for _, policy := range []struct {
		name  string
		value Policy
	}{{"tooLarge", r.TooLarge}, {"invalid", r.Invalid}} {
		if policy.value != Reject && policy.value != Pass {
			return fmt.Errorf("%s.%s %q is unknown: use %q or %q", field, policy.name, policy.value, Reject, Pass)
		}
	}
	if len(r.Operations) == 0 {
		return fmt.Errorf("%s.operations is missing: say what to do to the bodies", field)
	}
	for i := range r.Operations {
		if err := r.Operations[i].complete(); err != nil {
			return fmt.Errorf("%s.operations[%d]: %w", field, i, err)
		}
	}
	return nil
}

func (o *Operation) complete() error {
	steps, err := parsePath(o.Path)
	if err != nil {
		return err
	}
	o.steps = steps
	switch o.Op {
	case "set":
		if o.Value == nil {
			return errors.New("set needs a value")
		}
	case "rename":
		if o.To == "" {
			return errors.New("rename needs the new name, as to")
		}
		if steps[len(steps)-1] == "*" {
			return errors.New("rename cannot give all members one name")
		}
	case "remove":
	default:
		return fmt.Errorf(`op %q is unknown: use "set", "remove" or "rename"`, o.Op)
	}
	if o.Op != "set" && o.Value != nil {
		return fmt.Errorf("%s takes no value", o.Op)
	}
	if o.Op != "rename" && o.To != "" {
		return fmt.Errorf("%s takes no to", o.Op)
	}
	return nil
}

// covers says whether a body with that Content-Type is one to read.
func (r *Rules) covers(contentType string) bool {
	mediaType, _, _ := strings.Cut(contentType, ";")
	mediaType = strings.ToLower(strings.TrimSpace(mediaType))
	for _, pattern := range r.ContentTypes {
		before, after, wild := strings.Cut(pattern, "*")
		if mediaType == pattern || (wild && len(mediaType) >= len(before)+len(after) &&
			strings.HasPrefix(mediaType, before) && strings.HasSuffix(mediaType, after)) {
			return true
		}
	}
	return false
}

// decodeStrict reads one JSON object into target. An empty input leaves target as it is.
func decodeStrict(raw []byte, target any) error {
	if len(bytes.TrimSpace(raw)) == 0 {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(target); err != nil {
		var mismatch *json.UnmarshalTypeError
		if errors.As(err, &mismatch) {
			if mismatch.Field == "" {
				return fmt.Errorf("the configuration must be a JSON object, not a JSON %s", mismatch.Value)
			}
			return fmt.Errorf("%s must be of type %s, not a JSON %s", mismatch.Field, mismatch.Type, mismatch.Value)
		}
		if unknown, found := strings.CutPrefix(err.Error(), "json: unknown field "); found {
			return fmt.Errorf("there is no field %s", unknown)
		}
		return fmt.Errorf("the configuration is not valid JSON: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("the configuration must be one JSON object with nothing after it")
	}
	return nil
}
