package corsguard

import (
	"fmt"
	"regexp"
	"strings"
)

// origins says which origins are allowed.
type origins struct {
	any      bool
	exact    map[string]bool
	patterns []*regexp.Regexp
}

// originShape takes an origin apart (RFC 6454, section 6.2): scheme, host, port. The host and the
// port of a pattern can have "*".
var originShape = regexp.MustCompile(`^([a-z][a-z0-9+.-]*)://(\[[0-9a-f:.]+\]|[a-z0-9._*-]+)(:([0-9]+|\*))?$`)

// parseOrigins reads the configured origins. Each must be one that a browser could send, or a
// pattern that cannot match a site of somebody else's.
func parseOrigins(configured []string) (origins, error) {
	result := origins{exact: make(map[string]bool)}
	for _, origin := range configured {
		lower := strings.ToLower(origin)
		if lower == "*" {
			result.any = true
			continue
		}
		if lower == "null" {
			result.exact[lower] = true
			continue
		}
		parts := originShape.FindStringSubmatch(lower)
		if parts == nil {
			return origins{}, fmt.Errorf(
				"origins has %q: an origin is scheme://host or scheme://host:port, with nothing after it", origin)
		}
		lower = withoutDefaultPort(parts[1], lower)
		if !strings.Contains(lower, "*") {
			result.exact[lower] = true
			continue
		}
		parts = originShape.FindStringSubmatch(lower)
		scheme, host, port := parts[1], parts[2], parts[4]
		if !isOneSite(host) {
			return origins{}, fmt.Errorf(
				"origins has %q: other people's sites would match; a * in the host must be followed by a domain, as in https://*.example.com", origin)
		}
		pattern := regexp.QuoteMeta(scheme) + "://" +
			strings.ReplaceAll(regexp.QuoteMeta(host), `\*`, "[a-z0-9._-]+")
		switch port {
		case "":
		case "*":
			pattern += "(:[0-9]+)?"
		default:
			pattern += ":" + port
		}
		compiled, err := regexp.Compile("^" + pattern + "$")
		if err != nil {
			return origins{}, fmt.Errorf("origins has %q: %w", origin, err)
		}
		result.patterns = append(result.patterns, compiled)
	}
	return result, nil
}

// isOneSite says whether all hosts that a pattern matches end in the same domain of two labels or
// more: "*.example.com" does, "*example.com" (evil-example.com) and "example.*" do not.
func isOneSite(host string) bool {
	wildcard := strings.LastIndex(host, "*")
	if wildcard < 0 {
		return true
	}
	_, domain, found := strings.Cut(host[wildcard+1:], ".")
	return found && strings.Contains(strings.Trim(domain, "."), ".")
}

// allows says whether an Origin header's value is allowed.
func (o *origins) allows(origin string) bool {
	if o.any {
		return true
	}
	origin = strings.ToLower(origin)
	if o.exact[origin] {
		return true
	}
	for _, pattern := range o.patterns {
		if pattern.MatchString(origin) {
			return true
		}
	}
	return false
}

// withoutDefaultPort leaves out the port that browsers leave out too.
func withoutDefaultPort(scheme, origin string) string {
	switch scheme {
	case "http":
		return strings.TrimSuffix(origin, ":80")
	case "https":
		return strings.TrimSuffix(origin, ":443")
	}
	return origin
}
