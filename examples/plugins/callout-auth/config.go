package calloutauth

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"
)

// OnFailure says what happens to a request when there is no decision: the service cannot be
// reached, does not answer in time, or answers neither yes nor no.
type OnFailure string

const (
	// Refuse answers the request with an error: fail closed.
	Refuse OnFailure = "refuse"
	// Allow lets the request pass: fail open.
	Allow OnFailure = "allow"
)

const (
	maxTimeoutMs       = 60_000
	maxCacheTTLSeconds = 3_600
	maxCacheMaxEntries = 1_000_000
)

// Config is the filter's configuration. The schema in catalog-info.yaml describes it for people.
type Config struct {
	// Cluster is the Envoy cluster of the service that decides.
	Cluster string `json:"cluster"`
	// Path is the path that the callout asks for.
	Path string `json:"path"`
	// Host is the callout's host; the cluster's name unless given.
	Host string `json:"host"`
	// ForwardHeaders are the request headers that the callout carries.
	ForwardHeaders []string `json:"forwardHeaders"`
	// ForwardTarget adds the request's method, host and path to the callout, as x-original-method,
	// x-original-host and x-original-path.
	ForwardTarget bool `json:"forwardTarget"`
	// UpstreamHeaders are the headers that the request takes over from the service's answer.
	UpstreamHeaders []string `json:"upstreamHeaders"`
	// TimeoutMs is how long a request waits for a decision, in milliseconds.
	TimeoutMs int `json:"timeoutMs"`
	// OnFailure is what happens without a decision.
	OnFailure OnFailure `json:"onFailure"`
	// FailureStatus is the status of the answer to a request that is refused for want of a decision.
	FailureStatus int `json:"failureStatus"`
	// CacheTTLSeconds is how long a decision is remembered, in seconds; 0 for not at all.
	CacheTTLSeconds float64 `json:"cacheTtlSeconds"`
	// CacheMaxEntries is how many decisions are remembered at a time.
	CacheMaxEntries int `json:"cacheMaxEntries"`
}

// ownHeaders belong to one message or one connection and mean something else on another.
var ownHeaders = []string{"connection", "content-length", "expect", "host", "keep-alive", "proxy-connection",
	"te", "trailer", "transfer-encoding", "upgrade"}

var (
	// headerName is an HTTP field name (RFC 9110, section 5.1).
	headerName = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")
	// target is a path with, maybe, a query (RFC 9112, section 3.2.1).
	target = regexp.MustCompile(`^/[!-~]*$`)
	// authority is a host with, maybe, a port.
	authority = regexp.MustCompile(`^[!-.0-~]+$`)
)

// ParseConfig reads the filter's configuration from JSON, fills in the defaults and refuses what
// it does not know. The error is what an operator sees in Envoy's log, so it names the field.
func ParseConfig(raw []byte) (Config, error) {
	config := Config{
		Path:            "/",
		ForwardTarget:   true,
		TimeoutMs:       500,
		OnFailure:       Refuse,
		FailureStatus:   503,
		CacheMaxEntries: 10_000,
	}
	if err := decodeStrict(raw, &config); err != nil {
		return Config{}, err
	}
	if config.ForwardHeaders == nil {
		config.ForwardHeaders = []string{"authorization"}
	}
	if config.Host == "" {
		config.Host = config.Cluster
	}
	switch {
	case config.Cluster == "":
		return Config{}, errors.New(`cluster is missing: name the Envoy cluster of the service that decides, as {"cluster": "authz"}`)
	case !target.MatchString(config.Path):
		return Config{}, fmt.Errorf("path %q does not begin with a slash, or has characters that a path cannot have", config.Path)
	case !authority.MatchString(config.Host):
		return Config{}, fmt.Errorf("host %q is not a host name", config.Host)
	case config.TimeoutMs < 1 || config.TimeoutMs > maxTimeoutMs:
		return Config{}, fmt.Errorf("timeoutMs is %d: use 1 to %d", config.TimeoutMs, maxTimeoutMs)
	case config.OnFailure != Refuse && config.OnFailure != Allow:
		return Config{}, fmt.Errorf("onFailure %q is unknown: use %q or %q", config.OnFailure, Refuse, Allow)
	case config.FailureStatus < 400 || config.FailureStatus > 599:
		return Config{}, fmt.Errorf("failureStatus %d is not the status of an error: use 400 to 599", config.FailureStatus)
	case config.CacheTTLSeconds < 0 || config.CacheTTLSeconds > maxCacheTTLSeconds:
		return Config{}, fmt.Errorf("cacheTtlSeconds is %v: use 0 to %d", config.CacheTTLSeconds, maxCacheTTLSeconds)
	case config.CacheMaxEntries < 1 || config.CacheMaxEntries > maxCacheMaxEntries:
		return Config{}, fmt.Errorf("cacheMaxEntries is %d: use 1 to %d", config.CacheMaxEntries, maxCacheMaxEntries)
	}
	for _, list := range []struct {
		field string
		names []string
	}{{"forwardHeaders", config.ForwardHeaders}, {"upstreamHeaders", config.UpstreamHeaders}} {
		for i, name := range list.names {
			lower := strings.ToLower(name)
			if !headerName.MatchString(name) || slices.Contains(ownHeaders, lower) {
				return Config{}, fmt.Errorf("%s has %q, which is not the name of a header that can be passed on", list.field, name)
			}
			if config.ForwardTarget && strings.HasPrefix(lower, "x-original-") {
				return Config{}, fmt.Errorf("%s has %q, which the filter sets itself as long as forwardTarget is true", list.field, name)
			}
			list.names[i] = lower
		}
	}
	return config, nil
}

func (c *Config) timeout() time.Duration {
	return time.Duration(c.TimeoutMs) * time.Millisecond
}

func (c *Config) cacheTTL() time.Duration {
	return time.Duration(c.CacheTTLSeconds * float64(time.Second))
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
