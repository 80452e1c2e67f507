package bodytransform

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

var errNotJSON = errors.New("the body is not JSON")

// parsePath takes a JSON pointer (RFC 6901) apart.
func parsePath(path string) ([]string, error) {
	if !strings.HasPrefix(path, "/") {
		return nil, fmt.Errorf("path %q does not begin with a slash, as /user/name does", path)
	}
	steps := strings.Split(path[1:], "/")
	for i, step := range steps {
		if strings.Contains(strings.NewReplacer("~0", "", "~1", "").Replace(step), "~") {
			return nil, fmt.Errorf("path %q has a ~ that is neither ~0 (a tilde) nor ~1 (a slash)", path)
		}
		steps[i] = strings.NewReplacer("~0", "~", "~1", "/").Replace(step)
	}
	return steps, nil
}

// transform does the operations to a JSON document. It says whether any of them changed something.
// What is not on the path of an operation keeps its bytes: numbers keep their digits, members
// their order.
func transform(document []byte, operations []Operation) (result []byte, changed bool, err error) {
	// A Go panic would abort Envoy, with all the requests it serves; a body that got this far
	// into a fault of ours is handled like one that is not JSON.
	defer func() {
		if fault := recover(); fault != nil {
			result, changed, err = nil, false, fmt.Errorf("%w: %v", errNotJSON, fault)
		}
	}()
	// The scanner refuses documents nested more than 10,000 deep, and below nothing descends
	// further than a path is long.
	if !json.Valid(document) {
		return nil, false, errNotJSON
	}
	result = document
	for i := range operations {
		next, did := operations[i].at(result, operations[i].steps)
		if did {
			result, changed = next, true
		}
	}
	return result, changed, nil
}

// member is a member of an object, or an element of an array, which has no name.
type member struct {
	name  string
	value json.RawMessage
}

// at does the operation below a value. What the path does not fit stays as it is.
func (o *Operation) at(value json.RawMessage, steps []string) (json.RawMessage, bool) {
	members, opening := parseContainer(value)
	if opening == 0 {
		return value, false
	}
	step, last := steps[0], len(steps) == 1
	isObject := opening == '{'

	var kept []member
	found, changed := false, false
	for i, m := range members {
		name := m.name
		if !isObject && step != "*" {
			name = strconv.Itoa(i)
		}
		switch {
		case step != name && step != "*":
			// A member that rename would make a second one of gives way to the renamed.
			if o.Op == "rename" && last && isObject && name == o.To && has(members, step) {
				changed = true
				continue
			}
		case !last:
			var did bool
			m.value, did = o.at(m.value, steps[1:])
			changed = changed || did
			found = true
		case found && step != "*":
			// A name that is there twice: readers differ in which one counts, so that none is left.
			changed = true
			continue
		case o.Op == "remove":
			found, changed = true, true
			continue
		case o.Op == "set":
			m.value = o.Value
			found, changed = true, true
		case o.Op == "rename" && isObject:
			m.name = o.To
			found, changed = true, step != o.To
		}
		kept = append(kept, m)
	}
	if o.Op == "set" && !found && isObject && step != "*" {
		made, ok := o.nest(steps[1:])
		if ok {
			kept, changed = append(kept, member{step, made}), true
		}
	}
	if !changed {
		return value, false
	}
	return encodeContainer(kept, opening), true
}

// nest is the value for a member that set adds, within the objects that the path leads through.
func (o *Operation) nest(steps []string) (json.RawMessage, bool) {
	value := o.Value
	for i := len(steps) - 1; i >= 0; i-- {
		if steps[i] == "*" {
			return nil, false
		}
		value = encodeContainer([]member{{steps[i], value}}, '{')
	}
	return value, true
}

func has(members []member, name string) bool {
	for _, m := range members {
		if m.name == name {
			return true
		}
	}
	return false
}

// parseContainer takes an object or an array apart, one level deep. The opening bracket is 0 when
// the value is neither. The value must be valid JSON, as every part of a valid document is; the
// parts alias it.
func parseContainer(value json.RawMessage) (members []member, opening byte) {
	at := skipSpace(value, 0)
	if value[at] != '{' && value[at] != '[' {
		return nil, 0
	}
	opening = value[at]
	for at = skipSpace(value, at+1); value[at] != opening+2; at = skipSpace(value, at) {
		if value[at] == ',' {
			at = skipSpace(value, at+1)
		}
		var m member
		if opening == '{' {
			end := skipValue(value, at)
			m.name = unquote(value[at:end])
			at = skipSpace(value, end) // the colon
			at = skipSpace(value, at+1)
		}
		end := skipValue(value, at)
		m.value = value[at:end]
		at = end
		members = append(members, m)
	}
	return members, opening
}

// skipSpace is the place of the first byte from at on that is no white space.
func skipSpace(data []byte, at int) int {
	for data[at] == ' ' || data[at] == '\t' || data[at] == '\r' || data[at] == '\n' {
		at++
	}
	return at
}

// skipValue is the place after the value that begins at at.
func skipValue(data []byte, at int) int {
	for depth := 0; at < len(data); at++ {
		switch data[at] {
		case '"':
			for at++; data[at] != '"'; at++ {
				if data[at] == '\\' {
					at++
				}
			}
			if depth == 0 {
				return at + 1
			}
		case '{', '[':
			depth++
		case '}', ']':
			// At depth 0 it is the bracket around a number, true, false or null.
			if depth == 0 {
				return at
			}
			if depth--; depth == 0 {
				return at + 1
			}
		case ',', ' ', '\t', '\r', '\n':
			if depth == 0 {
				return at
			}
		}
	}
	return at
}

// unquote is the text that a JSON string stands for.
func unquote(quoted []byte) string {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return string(quoted[1 : len(quoted)-1])
	}
	var text string
	// A valid string can always be read.
	_ = json.Unmarshal(quoted, &text)
	return text
}

// encodeContainer puts an object or an array together again.
func encodeContainer(members []member, opening byte) json.RawMessage {
	size := 2
	for _, m := range members {
		size += len(m.name) + len(m.value) + 4
	}
	var out bytes.Buffer
	out.Grow(size)
	names := json.NewEncoder(&out)
	names.SetEscapeHTML(false)
	out.WriteByte(opening)
	for i, m := range members {
		if i > 0 {
			out.WriteByte(',')
		}
		if opening == '{' {
			// A string always has an encoding; Encode ends it with a line break.
			_ = names.Encode(m.name)
			out.Truncate(out.Len() - 1)
			out.WriteByte(':')
		}
		out.Write(m.value)
	}
	out.WriteByte(opening + 2) // '{' and '}', '[' and ']' are two apart in ASCII
	return out.Bytes()
}
