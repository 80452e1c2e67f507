package bodytransform

import (
	"bytes"
	"strings"
	"testing"

	"github.com/envoyproxy/envoy/source/extensions/dynamic_modules/sdk/go/shared"
	"github.com/envoyproxy/envoy/source/extensions/dynamic_modules/sdk/go/shared/fake"
	"github.com/envoyproxy/envoy/source/extensions/dynamic_modules/sdk/go/shared/mocks"
	"go.uber.org/mock/gomock"
)

const (
	transformedCounter shared.MetricID = iota + 1
	unchangedCounter
	passedCounter
	rejectedCounter
)

// createFactory loads a configuration as Envoy does.
func createFactory(t *testing.T, raw string) shared.HttpFilterFactory {
	t.Helper()
	handle := mocks.NewMockHttpFilterConfigHandle(gomock.NewController(t))
	for name, id := range map[string]shared.MetricID{
		"body_transform.transformed": transformedCounter,
		"body_transform.unchanged":   unchangedCounter,
		"body_transform.passed":      passedCounter,
		"body_transform.rejected":    rejectedCounter,
	} {
		handle.EXPECT().DefineCounter(name).Return(id, shared.MetricsSuccess)
	}
	factory, err := (&configFactory{}).Create(handle, []byte(raw))
	if err != nil {
		t.Fatalf("Create: %v", err)
	}
	return factory
}

// exchange is one direction of a request as the test's Envoy plays it: it buffers what the filter
// asks it to buffer and passes on the rest.
type exchange struct {
	// trailers ends the body with trailers instead of its last chunk.
	trailers bool
	// prebuffered gives the body in one piece that an earlier filter held back.
	prebuffered bool

	headers  *fake.FakeHeaderMap
	buffered *fake.FakeBodyBuffer
	// frames are the pieces in which the other side gets the body.
	frames  []string
	status  uint32
	reason  string
	counted map[shared.MetricID]uint64
}

func (e *exchange) body() string { return strings.Join(e.frames, "") }

// run sends headers and chunks through a new filter, as a request or as a response.
func (e *exchange) run(t *testing.T, config string, response bool, headers map[string][]string, chunks ...string) *exchange {
	t.Helper()
	e.headers, e.buffered = fake.NewFakeHeaderMap(headers), fake.NewFakeBodyBuffer(nil)
	e.counted = map[shared.MetricID]uint64{}
	handle := mocks.NewMockHttpFilterHandle(gomock.NewController(t))
	handle.EXPECT().IncrementCounterValue(gomock.Any(), uint64(1)).AnyTimes().
		Do(func(id shared.MetricID, _ uint64, _ ...string) { e.counted[id]++ })
	handle.EXPECT().SendLocalResponse(gomock.Any(), gomock.Any(), gomock.Any(), FilterName).MaxTimes(1).
		Do(func(status uint32, _ [][2]string, body []byte, _ string) { e.status, e.reason = status, string(body) })

	filter := createFactory(t, config)
	var onHeaders func(shared.HeaderMap, bool) shared.HeadersStatus
	var onBody func(shared.BodyBuffer, bool) shared.BodyStatus
	var onTrailers func(shared.HeaderMap) shared.TrailersStatus
	if response {
		handle.EXPECT().ResponseHeaders().Return(e.headers).AnyTimes()
		handle.EXPECT().BufferedResponseBody().Return(e.buffered).AnyTimes()
		handle.EXPECT().ReceivedBufferedResponseBody().Return(e.prebuffered).AnyTimes()
		f := filter.Create(handle)
		onHeaders, onBody, onTrailers = f.OnResponseHeaders, f.OnResponseBody, f.OnResponseTrailers
	} else {
		handle.EXPECT().RequestHeaders().Return(e.headers).AnyTimes()
		handle.EXPECT().BufferedRequestBody().Return(e.buffered).AnyTimes()
		handle.EXPECT().ReceivedBufferedRequestBody().Return(e.prebuffered).AnyTimes()
		f := filter.Create(handle)
		onHeaders, onBody, onTrailers = f.OnRequestHeaders, f.OnRequestBody, f.OnRequestTrailers
	}

	onHeaders(e.headers, len(chunks) == 0 && !e.trailers)
	for i, chunk := range chunks {
		if e.status != 0 {
			break
		}
		received := fake.NewFakeBodyBuffer([]byte(chunk))
		if e.prebuffered {
			e.buffered = received
		}
		switch onBody(received, i == len(chunks)-1 && !e.trailers) {
		case shared.BodyStatusContinue:
			frame := string(received.Body)
			if !e.prebuffered {
				frame = string(e.buffered.Body) + frame
			}
			e.frames = append(e.frames, frame)
			e.buffered.Body = nil
		case shared.BodyStatusStopAndBuffer:
			e.buffered.Append(received.Body)
		}
	}
	if e.trailers && e.status == 0 && onTrailers(fake.NewFakeHeaderMap(nil)) == shared.TrailersStatusContinue {
		e.frames = append(e.frames, string(e.buffered.Body))
	}
	return e
}

const (
	removeSecret       = `{"request":{"operations":[{"op":"remove","path":"/secret"}]}}`
	removeFromResponse = `{"response":{"operations":[{"op":"remove","path":"/secret"}]}}`
	splitRequest       = `{"request":{"mode":"streamed","maxBytes":20,"operations":[{"op":"remove","path":"/secret"}]}}`
)

func jsonOf(length string) map[string][]string {
	headers := map[string][]string{"content-type": {"application/json; charset=utf-8"}}
	if length != "" {
		headers["content-length"] = []string{length}
	}
	return headers
}

func lines() map[string][]string {
	return map[string][]string{"content-type": {"application/x-ndjson"}, "content-length": {"99"}, "digest": {"x"}}
}

func TestBufferedTransformsABodyInOnePiece(t *testing.T) {
	got := new(exchange).run(t, removeSecret, false, jsonOf("20"), `{"a":1,"secret":"s"}`)
	if got.body() != `{"a":1}` || got.headers.GetOne("content-length").ToString() != "7" || got.counted[transformedCounter] != 1 {
		t.Errorf("%+v", got)
	}
}

func TestBufferedTransformsABodyInChunks(t *testing.T) {
	got := new(exchange).run(t, removeSecret, false, jsonOf(""), `{"a":`, `1,"sec`, `ret":"s"}`, ``)
	if got.body() != `{"a":1}` || len(got.frames) != 1 || got.headers.Headers["content-length"] != nil {
		t.Errorf("%+v", got)
	}
}

func TestBufferedTransformsABodyThatEndsWithTrailers(t *testing.T) {
	got := (&exchange{trailers: true}).run(t, removeSecret, false, jsonOf(""), `{"a":`, `1,"secret":"s"}`)
	if got.body() != `{"a":1}` {
		t.Errorf("%+v", got)
	}
}

func TestBufferedTransformsABodyThatAnEarlierFilterHeldBack(t *testing.T) {
	got := (&exchange{prebuffered: true}).run(t, removeSecret, false, jsonOf("20"), `{"a":1,"secret":"s"}`)
	if got.body() != `{"a":1}` {
		t.Errorf("%+v", got)
	}
}

func TestBufferedTransformsResponses(t *testing.T) {
	headers := jsonOf("20")
	headers["content-digest"] = []string{"sha-256=:x:"}
	got := new(exchange).run(t, removeFromResponse, true, headers, `{"a":1,"sec`, `ret":"s"}`)
	if got.body() != `{"a":1}` || got.headers.GetOne("content-length").ToString() != "7" || got.headers.Headers["content-digest"] != nil {
		t.Errorf("%+v", got)
	}
}

func TestLeavesABodyAloneThatNothingChanges(t *testing.T) {
	headers := jsonOf("9")
	headers["digest"] = []string{"x"}
	got := new(exchange).run(t, removeSecret, false, headers, ` {"a" : 1}`)
	if got.body() != ` {"a" : 1}` || got.headers.GetOne("content-length").ToString() != "9" ||
		got.headers.Headers["digest"] == nil || got.counted[unchangedCounter] != 1 {
		t.Errorf("%+v", got)
	}
}

func TestLeavesOtherBodiesAlone(t *testing.T) {
	for name, headers := range map[string]map[string][]string{
		"text":         {"content-type": {"text/plain"}},
		"no type":      {},
		"jsonp":        {"content-type": {"application/jsonp"}},
		"only a start": {"content-type": {"application/+jso"}},
	} {
		got := new(exchange).run(t, removeSecret, false, headers, `{"secret":1}`, `more`)
		if got.body() != `{"secret":1}more` || len(got.counted) != 0 {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := new(exchange).run(t, removeSecret, true, jsonOf(""), `{"secret":1}`); got.body() != `{"secret":1}` {
		t.Errorf("the response, for which there are no rules: %+v", got)
	}
	if got := new(exchange).run(t, removeSecret, false, jsonOf("")); got.status != 0 || len(got.frames) != 0 {
		t.Errorf("no body: %+v", got)
	}
	if got := new(exchange).run(t, removeSecret, false, jsonOf(""), ``); got.status != 0 || got.body() != `` {
		t.Errorf("an empty body: %+v", got)
	}
}

func TestReadsTheTypesOfJSON(t *testing.T) {
	for _, contentType := range []string{"application/json", "Application/JSON ; charset=utf-8", "application/problem+json"} {
		got := new(exchange).run(t, removeSecret, false, map[string][]string{"content-type": {contentType}}, `{"secret":1}`)
		if got.body() != `{}` {
			t.Errorf("%s: %+v", contentType, got)
		}
	}
}

func TestKeepsResponsesReadable(t *testing.T) {
	headers := map[string][]string{"accept-encoding": {"gzip"}}
	if got := new(exchange).run(t, removeFromResponse, false, headers); got.headers.Headers["accept-encoding"] != nil {
		t.Errorf("the upstream may compress: %+v", got.headers)
	}
	headers = map[string][]string{"accept-encoding": {"gzip"}}
	if got := new(exchange).run(t, removeSecret, false, headers); got.headers.Headers["accept-encoding"] == nil {
		t.Errorf("the upstream may not compress, although nothing reads the response: %+v", got.headers)
	}
}

func TestProblemsOfBufferedBodies(t *testing.T) {
	const rules = `"maxBytes":10,"operations":[{"op":"remove","path":"/secret"}]`
	compressed := jsonOf("")
	compressed["content-encoding"] = []string{"gzip"}
	for name, test := range map[string]struct {
		headers         map[string][]string
		chunks          []string
		request         uint32
		requestReason   string
		response        uint32
		trailersInstead bool
	}{
		"too large by its length": {jsonOf("11"), []string{`{"secret":1}`}, 413, "request body too large", 502, false},
		"too large at once":       {jsonOf(""), []string{`{"secret":1}`}, 413, "request body too large", 502, false},
		"too large in the end":    {jsonOf(""), []string{`{"secre`, `t":1}`}, 413, "request body too large", 502, false},
		"not JSON":                {jsonOf(""), []string{`{"a":`, `1`}, 400, "request body is not JSON", 502, false},
		"not JSON, with trailers": {jsonOf(""), []string{`{"a":`, `1`}, 400, "request body is not JSON", 502, true},
		"compressed":              {compressed, []string{"\x1f\x8b"}, 415, "request body is compressed", 502, false},
	} {
		t.Run(name, func(t *testing.T) {
			copyOf := func() map[string][]string {
				headers := map[string][]string{}
				for name, values := range test.headers {
					headers[name] = values
				}
				return headers
			}
			got := (&exchange{trailers: test.trailersInstead}).run(t, `{"request":{`+rules+`}}`, false, copyOf(), test.chunks...)
			if got.status != test.request || got.reason != test.requestReason || got.body() != "" || got.counted[rejectedCounter] != 1 {
				t.Errorf("request: %+v, want %d %s", got, test.request, test.requestReason)
			}
			got = (&exchange{trailers: test.trailersInstead}).run(t, `{"response":{`+rules+`}}`, true, copyOf(), test.chunks...)
			if got.status != test.response || got.body() != "" {
				t.Errorf("response: %+v, want %d", got, test.response)
			}
			got = (&exchange{trailers: test.trailersInstead}).run(t, `{"request":{"tooLarge":"pass","invalid":"pass",`+rules+`}}`, false, copyOf(), test.chunks...)
			if got.status != 0 || got.body() != strings.Join(test.chunks, "") || got.counted[passedCounter] != 1 {
				t.Errorf("passed: %+v, want the body as it was", got)
			}
		})
	}
}

func TestABodyOfExactlyTheLimitIsNotTooLarge(t *testing.T) {
	got := new(exchange).run(t, `{"request":{"maxBytes":12,"operations":[{"op":"remove","path":"/secret"}]}}`, false, jsonOf("12"), `{"secret":1}`)
	if got.body() != `{}` {
		t.Errorf("%+v", got)
	}
}

func TestStreamedTransformsLineByLine(t *testing.T) {
	got := new(exchange).run(t, splitRequest, false, lines(),
		"{\"secret\":1,\"a\":1}\n{\"a\":", "2}\r\n\n{\"sec", "ret\":3}\n", "{\"secret\":4}")
	want := []string{"{\"a\":1}\n", "{\"a\":2}\r\n\n", "{}\n", "{}"}
	if strings.Join(got.frames, "|") != strings.Join(want, "|") {
		t.Errorf("frames %q, want %q", got.frames, want)
	}
	if got.headers.Headers["content-length"] != nil || got.headers.Headers["digest"] != nil {
		t.Errorf("headers %v still speak of the original", got.headers.Headers)
	}
	if got.counted[transformedCounter] != 3 || got.counted[unchangedCounter] != 1 {
		t.Errorf("counted %v, want each line", got.counted)
	}
}

func TestStreamedTransformsTheLastLineBeforeTrailers(t *testing.T) {
	got := (&exchange{trailers: true}).run(t, splitRequest, false, lines(), "{\"a\":1}\n{\"secret\"", ":2}")
	if got.body() != "{\"a\":1}\n{}" {
		t.Errorf("%q", got.frames)
	}
}

func TestStreamedTransformsResponses(t *testing.T) {
	got := new(exchange).run(t, strings.Replace(splitRequest, "request", "response", 1), true, lines(), "{\"secret\":1}\n", "{}\n")
	if got.body() != "{}\n{}\n" {
		t.Errorf("%q", got.frames)
	}
}

func TestStreamedDoesTheSameHoweverTheLinesArrive(t *testing.T) {
	const stream = "{\"a\":1,\"secret\":2}\n{\"a\":\"a line that is much too long\"}\n\nno json\n{\"secret\":0}\r\n{\"secret\":0}"
	const want = "{\"a\":1}\n{\"a\":\"a line that is much too long\"}\n\nno json\n{}\r\n{}"
	config := strings.Replace(splitRequest, `"maxBytes"`, `"tooLarge":"pass","invalid":"pass","maxBytes"`, 1)
	for size := 1; size <= len(stream); size++ {
		var chunks []string
		for rest := stream; rest != ""; {
			n := min(size, len(rest))
			chunks, rest = append(chunks, rest[:n]), rest[n:]
		}
		got := new(exchange).run(t, config, false, lines(), chunks...)
		if got.body() != want {
			t.Fatalf("in chunks of %d: %q, want %q", size, got.body(), want)
		}
		if got.counted[passedCounter] != 2 || got.counted[transformedCounter] != 3 {
			t.Fatalf("in chunks of %d: counted %v", size, got.counted)
		}
	}
}

func TestStreamedRejects(t *testing.T) {
	for name, test := range map[string]struct {
		chunks []string
		status uint32
		passed string
	}{
		"a line that is too long":          {[]string{"{\"secret\":1}\n", "{\"a\":\"" + strings.Repeat("a", 20)}, 413, "{}\n"},
		"a long line with its end":         {[]string{"{\"a\":\"" + strings.Repeat("a", 20) + "\"}\n{}\n"}, 413, ""},
		"a line that is not JSON":          {[]string{"{\"secret\":1}\n", "{]\n"}, 400, "{}\n"},
		"a last line that is not JSON":     {[]string{"{\"secret\":1}\n", "{"}, 400, "{}\n"},
		"a line that ends with the stream": {[]string{"{"}, 400, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := new(exchange).run(t, splitRequest, false, lines(), test.chunks...)
			if got.status != test.status || got.body() != test.passed || got.counted[rejectedCounter] != 1 {
				t.Errorf("%+v, want %d after %q", got, test.status, test.passed)
			}
		})
	}
	got := (&exchange{trailers: true}).run(t, splitRequest, false, lines(), "{")
	if got.status != 400 || got.body() != "" {
		t.Errorf("before trailers: %+v", got)
	}
	compressed := lines()
	compressed["content-encoding"] = []string{"br"}
	if got := new(exchange).run(t, splitRequest, false, compressed, "x"); got.status != 415 {
		t.Errorf("compressed: %+v", got)
	}
}

func TestStreamedHoldsNoMoreThanALine(t *testing.T) {
	chunk := strings.Repeat("a", 1000)
	got := new(exchange).run(t, strings.Replace(splitRequest, `"maxBytes"`, `"tooLarge":"pass","maxBytes"`, 1), false, lines(), chunk, chunk, chunk)
	for i, frame := range got.frames {
		if frame != chunk {
			t.Errorf("frame %d has %d bytes, want it to go on at once", i, len(frame))
		}
	}
}

func TestARejectedRequestIsNotTouchedAgain(t *testing.T) {
	var b = body{state: rejected}
	received := fake.NewFakeBodyBuffer([]byte("x"))
	if b.onData(received, true) != shared.BodyStatusStopNoBuffer || b.onTrailers() != shared.TrailersStatusStop || !bytes.Equal(received.Body, []byte("x")) {
		t.Error("went on")
	}
}

func TestRefusesABadConfiguration(t *testing.T) {
	rules := func(rest string) string {
		return `{"request":{"operations":[{"op":"remove","path":"/a"}],` + rest + `}}`
	}
	operation := func(operation string) string { return `{"response":{"operations":[` + operation + `]}}` }
	for raw, want := range map[string]string{
		``:                                                              "there is neither request nor response",
		`{"request":null}`:                                              "there is neither request nor response",
		`{"requests":{}}`:                                               `there is no field "requests"`,
		`{"request":[]}`:                                                "request must be of type bodytransform.Rules, not a JSON array",
		`{"request":{}}`:                                                "request.operations is missing",
		rules(`"mode":"chunked"`):                                       `request.mode "chunked" is unknown`,
		rules(`"maxBytes":0`):                                           "request.maxBytes is 0",
		rules(`"maxBytes":1e12`):                                        "request.maxBytes",
		rules(`"tooLarge":"ignore"`):                                    `request.tooLarge "ignore" is unknown`,
		rules(`"invalid":"drop"`):                                       `request.invalid "drop" is unknown`,
		rules(`"contentTypes":["j"]`):                                   `request.contentTypes has "j"`,
		rules(`"limit":1`):                                              `there is no field "limit"`,
		operation(`{"op":"add","path":"/a"}`):                           `response.operations[0]: op "add" is unknown`,
		operation(`{"op":"set","path":"/a"}`):                           "set needs a value",
		operation(`{"op":"remove","path":"a"}`):                         `path "a" does not begin with a slash`,
		operation(`{"op":"remove","path":""}`):                          `path "" does not begin with a slash`,
		operation(`{"op":"remove","path":"/a~b"}`):                      "neither ~0",
		operation(`{"op":"remove","path":"/a","value":1}`):              "remove takes no value",
		operation(`{"op":"set","path":"/a","value":1,"to":"b"}`):        "set takes no to",
		operation(`{"op":"rename","path":"/a"}`):                        "rename needs the new name",
		operation(`{"op":"rename","path":"/*","to":"b"}`):               "rename cannot give all members one name",
		operation(`{"op":"remove","path":"/a"},{"op":"set","path":""}`): `response.operations[1]: path ""`,
	} {
		t.Run(raw, func(t *testing.T) {
			handle := mocks.NewMockHttpFilterConfigHandle(gomock.NewController(t))
			factory, err := (&configFactory{}).Create(handle, []byte(raw))
			if factory != nil || err == nil || !strings.Contains(err.Error(), want) {
				t.Fatalf("Create = %v, %v; want an error with %q", factory, err, want)
			}
			if !strings.HasPrefix(err.Error(), FilterName+": ") {
				t.Errorf("error %q does not begin with the filter's name", err)
			}
		})
	}
}

func TestRefusesAPerRouteConfiguration(t *testing.T) {
	if _, err := (&configFactory{}).CreatePerRoute([]byte(`{}`)); err == nil {
		t.Fatal("CreatePerRoute accepted what the filter would ignore")
	}
}
