package bodytransform

import (
	"bytes"
	"strconv"

	"github.com/envoyproxy/envoy/source/extensions/dynamic_modules/sdk/go/shared"
)

// state is how far the filter is with a body.
type state int

const (
	// passing lets the body go on as it is; also where every body ends.
	passing state = iota
	// gathering holds the headers and the body until all of it is there.
	gathering
	// splitting passes the body on line by line.
	splitting
	// skipping is splitting within a line that is too long and goes on as it is.
	skipping
	// rejected has been answered with an error.
	rejected
)

// problem is why a document cannot be transformed.
type problem int

const (
	tooLarge problem = iota
	invalid
	encoded
)

// answer is what a client gets for a problem that is not let pass.
type answer struct {
	status uint32
	reason string
}

var (
	requestAnswers = [...]answer{
		tooLarge: {413, "request body too large"},
		invalid:  {400, "request body is not JSON"},
		encoded:  {415, "request body is compressed"},
	}
	responseAnswers = [...]answer{
		tooLarge: {502, "response body too large"},
		invalid:  {502, "response body is not JSON"},
		encoded:  {502, "response body is compressed"},
	}
)

// staleDigests are headers that no longer hold for a changed body (RFC 9530, RFC 3230, RFC 1864).
var staleDigests = []string{"content-digest", "repr-digest", "digest", "content-md5"}

// body is the body of a request or of a response on its way through the filter.
type body struct {
	rules              *Rules
	factory            *filterFactory
	handle             shared.HttpFilterHandle
	answers            *[3]answer
	headers            func() shared.HeaderMap
	buffered           func() shared.BodyBuffer
	receivedIsBuffered func() bool

	state state
	// line is the start of a line whose end has not arrived, in splitting.
	line []byte
}

func (b *body) onHeaders(headers shared.HeaderMap, endOfStream bool) shared.HeadersStatus {
	if b.rules == nil || endOfStream || !b.rules.covers(headers.GetOne("content-type").ToUnsafeString()) {
		return shared.HeadersStatusContinue
	}
	if encoding := headers.GetOne("content-encoding").ToUnsafeString(); encoding != "" && encoding != "identity" {
		if !b.letPass(encoded) {
			return shared.HeadersStatusStop
		}
		return shared.HeadersStatusContinue
	}
	if b.rules.Mode == Streamed {
		b.state = splitting
		// How long the lines will be together is not known yet.
		headers.Remove("content-length")
		b.dropDigests(headers)
		return shared.HeadersStatusContinue
	}
	length, err := strconv.ParseUint(headers.GetOne("content-length").ToUnsafeString(), 10, 64)
	if err == nil && length > uint64(*b.rules.MaxBytes) {
		if !b.letPass(tooLarge) {
			return shared.HeadersStatusStop
		}
		return shared.HeadersStatusContinue
	}
	b.state = gathering
	return shared.HeadersStatusStop
}

func (b *body) onData(received shared.BodyBuffer, endOfStream bool) shared.BodyStatus {
	switch b.state {
	case gathering:
		return b.gather(received, endOfStream)
	case splitting, skipping:
		return b.split(received, endOfStream)
	case rejected:
		return shared.BodyStatusStopNoBuffer
	}
	return shared.BodyStatusContinue
}

func (b *body) onTrailers() shared.TrailersStatus {
	switch b.state {
	case gathering:
		// All of the body has been received and buffered.
		buffered := b.buffered()
		if document, ok := b.transformWhole(contents(buffered)); !ok {
			return shared.TrailersStatusStop
		} else if document != nil {
			replace(buffered, document)
		}
	case splitting:
		out, ok := b.transformLine(nil, b.line)
		if !ok {
			return shared.TrailersStatusStop
		}
		b.line, b.state = nil, passing
		b.buffered().Append(out)
	case rejected:
		return shared.TrailersStatusStop
	}
	return shared.TrailersStatusContinue
}

// gather waits for the whole body and transforms it.
func (b *body) gather(received shared.BodyBuffer, endOfStream bool) shared.BodyStatus {
	buffered := b.buffered()
	size := received.GetSize()
	// When an earlier filter has held the body back, both buffers are the same.
	both := !b.receivedIsBuffered()
	if both {
		size += buffered.GetSize()
	}
	if size > uint64(*b.rules.MaxBytes) {
		b.state = passing
		if !b.letPass(tooLarge) {
			return shared.BodyStatusStopNoBuffer
		}
		return shared.BodyStatusContinue
	}
	if !endOfStream {
		return shared.BodyStatusStopAndBuffer
	}
	var whole []byte
	if both {
		whole = contents(buffered)
	}
	whole = append(whole, contents(received)...)
	document, ok := b.transformWhole(whole)
	if !ok {
		return shared.BodyStatusStopNoBuffer
	}
	if document != nil {
		if both {
			buffered.Drain(buffered.GetSize())
		}
		replace(received, document)
	}
	return shared.BodyStatusContinue
}

// transformWhole transforms a whole body. The document is nil when the body stays as it is; ok is
// false when the request has been answered.
func (b *body) transformWhole(whole []byte) (document []byte, ok bool) {
	b.state = passing
	if len(whole) == 0 {
		return nil, true
	}
	document, changed, err := transform(whole, b.rules.Operations)
	switch {
	case err != nil:
		return nil, b.letPass(invalid)
	case !changed:
		b.count(b.factory.unchanged)
		return nil, true
	}
	b.count(b.factory.transformed)
	headers := b.headers()
	b.dropDigests(headers)
	if headers.GetOne("content-length").Len > 0 {
		headers.Set("content-length", strconv.Itoa(len(document)))
	}
	return document, true
}

// split transforms the lines that have arrived and keeps the start of the next.
func (b *body) split(received shared.BodyBuffer, endOfStream bool) shared.BodyStatus {
	data := contents(received)
	var out []byte
	for len(data) > 0 {
		end := bytes.IndexByte(data, '\n') + 1
		whole := end > 0
		if !whole {
			end = len(data)
		}
		part := data[:end]
		data = data[end:]
		if b.state == skipping {
			out = append(out, part...)
			if whole {
				b.state = splitting
			}
			continue
		}
		b.line = append(b.line, part...)
		if len(bytes.TrimRight(b.line, "\r\n")) > *b.rules.MaxBytes {
			if !b.letPass(tooLarge) {
				return shared.BodyStatusStopNoBuffer
			}
			out = append(out, b.line...)
			b.line = nil
			b.state = skipping
			if whole {
				b.state = splitting
			}
			continue
		}
		if whole {
			var ok bool
			if out, ok = b.transformLine(out, b.line); !ok {
				return shared.BodyStatusStopNoBuffer
			}
			b.line = b.line[:0]
		}
	}
	if endOfStream {
		var ok bool
		if out, ok = b.transformLine(out, b.line); !ok {
			return shared.BodyStatusStopNoBuffer
		}
		b.line, b.state = nil, passing
	}
	replace(received, out)
	return shared.BodyStatusContinue
}

// transformLine appends the transformed line, with the line break it has, to out.
func (b *body) transformLine(out, line []byte) ([]byte, bool) {
	document := bytes.TrimRight(line, "\r\n")
	if len(bytes.TrimSpace(document)) == 0 {
		return append(out, line...), true
	}
	result, changed, err := transform(document, b.rules.Operations)
	switch {
	case err != nil:
		if !b.letPass(invalid) {
			return nil, false
		}
		return append(out, line...), true
	case changed:
		b.count(b.factory.transformed)
	default:
		b.count(b.factory.unchanged)
	}
	return append(append(out, result...), line[len(document):]...), true
}

// letPass says whether what cannot be transformed goes on as it is. If not, it answers the
// request, or ends a response whose headers have gone out already.
func (b *body) letPass(why problem) bool {
	policy := b.rules.Invalid
	if why == tooLarge {
		policy = b.rules.TooLarge
	}
	if policy == Pass {
		b.count(b.factory.passed)
		return true
	}
	b.state = rejected
	b.line = nil
	b.count(b.factory.rejected)
	reply := b.answers[why]
	b.handle.SendLocalResponse(reply.status, [][2]string{{"content-type", "text/plain"}}, []byte(reply.reason), FilterName)
	return false
}

func (b *body) count(counter shared.MetricID) {
	b.handle.IncrementCounterValue(counter, 1)
}

func (b *body) dropDigests(headers shared.HeaderMap) {
	for _, name := range staleDigests {
		headers.Remove(name)
	}
}

// contents copies a buffer's bytes out of Envoy's memory.
func contents(buffer shared.BodyBuffer) []byte {
	out := make([]byte, 0, buffer.GetSize())
	for _, chunk := range buffer.GetChunks() {
		out = append(out, chunk.ToUnsafeBytes()...)
	}
	return out
}

// replace puts other bytes into a buffer.
func replace(buffer shared.BodyBuffer, data []byte) {
	buffer.Drain(buffer.GetSize())
	buffer.Append(data)
}
