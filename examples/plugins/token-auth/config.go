package tokenauth

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// Algorithm says how a token is made from the signed part of the path and the secret.
type Algorithm string

const (
	// MD5 makes the token md5(path + secret).
	MD5 Algorithm = "md5"
	// HMACSHA256 makes the token HMAC-SHA256(key: secret, message: path).
	HMACSHA256 Algorithm = "hmac-sha256"
)

// Signed says which part of the request's target a token is made for.
type Signed string

const (
	// PathAndQuery signs the target as the client sent it: a token is good for one query only.
	PathAndQuery Signed = "path-and-query"
	// PathOnly signs what stands before the "?": a token is good for every query of its path.
	PathOnly Signed = "path"
)

// Config is the filter's configuration. The schema in catalog-info.yaml describes it for people.
type Config struct {
	// Secret is shared with whoever makes the tokens. It has no default.
	Secret string `json:"secret"`
	// Header is the request header that carries the token, in hexadecimal.
	Header string `json:"header"`
	// Algorithm is how the token is made.
	Algorithm Algorithm `json:"algorithm"`
	// Signed is the part of the request's target that the token is made for.
	Signed Signed `json:"signed"`
	// ForwardToken leaves the token in the request for the upstream to see.
	ForwardToken bool `json:"forwardToken"`
}

// headerName is an HTTP field name (RFC 9110, section 5.1).
var headerName = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")

// ParseConfig reads the filter's configuration from JSON, fills in the defaults and refuses what
// it does not know. The error is what an operator sees in Envoy's log, so it names the field.
func ParseConfig(raw []byte) (Config, error) {
	config := Config{Header: "token", Algorithm: MD5, Signed: PathAndQuery}
	if err := decodeStrict(raw, &config); err != nil {
		return Config{}, err
	}
	switch {
	case config.Secret == "":
		return Config{}, errors.New(`secret is missing: give the text that tokens are made with, as {"secret": "…"}`)
	case !headerName.MatchString(config.Header):
		return Config{}, fmt.Errorf("header %q is not the name of an HTTP header", config.Header)
	case config.Algorithm != MD5 && config.Algorithm != HMACSHA256:
		return Config{}, fmt.Errorf("algorithm %q is unknown: use %q or %q", config.Algorithm, MD5, HMACSHA256)
	case config.Signed != PathAndQuery && config.Signed != PathOnly:
		return Config{}, fmt.Errorf("signed %q is unknown: use %q or %q", config.Signed, PathAndQuery, PathOnly)
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
