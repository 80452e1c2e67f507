package headerauth

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// Config is the filter's configuration. The schema in catalog-info.yaml describes it for people.
type Config struct {
	// Header is the request header that decides, in lower case. Of the pseudo-headers,
	// :authority, :method, :path and :scheme can be named too.
	Header string `json:"header"`
	// Values are the values with which a request passes.
	Values []string `json:"values"`
	// IgnoreCase compares values without regard to case.
	IgnoreCase bool `json:"ignoreCase"`
	// Status is the status of the answer to a request that does not pass.
	Status int `json:"status"`
	// Body is the body of that answer.
	Body string `json:"body"`
	// ContentType is the media type of that body.
	ContentType string `json:"contentType"`
}

// headerName is an HTTP field name (RFC 9110, section 5.1) or a pseudo-header of a request.
var headerName = regexp.MustCompile("^([!#$%&'*+.^_`|~0-9A-Za-z-]+|:(authority|method|path|scheme))$")

// fieldValue is what an HTTP field value can consist of, less what Envoy refuses (RFC 9110, section 5.5).
var fieldValue = regexp.MustCompile(`^[^\x00-\x08\x0a-\x1f\x7f]*$`)

// ParseConfig reads the filter's configuration from JSON, fills in the defaults and refuses what
// it does not know. The error is what an operator sees in Envoy's log, so it names the field.
func ParseConfig(raw []byte) (Config, error) {
	config := Config{
		Header:      "user",
		Status:      403,
		Body:        "access denied",
		ContentType: "text/plain",
	}
	if err := decodeStrict(raw, &config); err != nil {
		return Config{}, err
	}
	if config.Values == nil {
		config.Values = []string{"admin"}
	}
	switch {
	case !headerName.MatchString(config.Header):
		return Config{}, fmt.Errorf("header %q is not the name of an HTTP header", config.Header)
	case len(config.Values) == 0:
		return Config{}, errors.New("values is empty: no request could pass; name at least one value")
	case slices.Contains(config.Values, ""):
		return Config{}, errors.New("values has an empty text: a request without the header's value would look like one that may pass")
	case config.Status < 400 || config.Status > 599:
		return Config{}, fmt.Errorf("status %d is not the status of an error: use 400 to 599", config.Status)
	case config.ContentType == "" || !fieldValue.MatchString(config.ContentType):
		return Config{}, fmt.Errorf("contentType %q is not a media type", config.ContentType)
	}
	config.Header = strings.ToLower(config.Header)
	return config, nil
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
