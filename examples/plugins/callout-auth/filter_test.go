package calloutauth

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"github.com/envoyproxy/envoy/source/extensions/dynamic_modules/sdk/go/shared"
	"github.com/envoyproxy/envoy/source/extensions/dynamic_modules/sdk/go/shared/fake"
	"github.com/envoyproxy/envoy/source/extensions/dynamic_modules/sdk/go/shared/mocks"
	"go.uber.org/mock/gomock"
)

const (
	allowedCounter shared.MetricID = iota + 1
	deniedCounter
	failedCounter
	timedOutCounter
	calloutsCounter
	cachedCounter
	sharedCounter
)

// clock is a time that the test moves.
type clock struct{ nanoseconds atomic.Int64 }

func (c *clock) now() time.Time          { return time.Unix(1_700_000_000, c.nanoseconds.Load()) }
func (c *clock) advance(d time.Duration) { c.nanoseconds.Add(int64(d)) }

// createFactory loads a configuration as Envoy does.
func createFactory(t *testing.T, c *clock, raw string) shared.HttpFilterFactory {
	t.Helper()
	handle := mocks.NewMockHttpFilterConfigHandle(gomock.NewController(t))
	for name, id := range map[string]shared.MetricID{
		"callout_auth.allowed":   allowedCounter,
		"callout_auth.denied":    deniedCounter,
		"callout_auth.failed":    failedCounter,
		"callout_auth.timed_out": timedOutCounter,
		"callout_auth.callouts":  calloutsCounter,
		"callout_auth.cached":    cachedCounter,
		"callout_auth.shared":    sharedCounter,
	} {
		handle.EXPECT().DefineCounter(name).Return(id, shared.MetricsSuccess)
	}
	factory, err := (&configFactory{now: c.now}).Create(handle, []byte(raw))
	if err != nil {
		t.Fatalf("Create: %v", err)
	}
	return factory
}

// tasks is the thread of a request: what goroutines schedule waits here until the test runs it.
type tasks chan func()

func (t tasks) Schedule(task func()) { t <- task }

// stream is a request on its way through the filter.
type stream struct {
	t       *testing.T
	filter  shared.HttpFilter
	thread  tasks
	headers *fake.FakeHeaderMap
	status  shared.HeadersStatus

	// callouts are the headers of each callout, callback is where the answer to the last goes.
	callouts  [][][2]string
	callback  shared.HttpCalloutCallback
	resumed   int
	reply     uint32
	body      string
	replied   [][2]string
	warnings  int
	counted   map[shared.MetricID]uint64
	callStart shared.HttpCalloutInitResult
}

// send sends the headers of a request through a new filter.
func send(t *testing.T, factory shared.HttpFilterFactory, headers map[string][]string) *stream {
	return sendWhen(t, factory, headers, shared.HttpCalloutInitSuccess)
}

// sendWhen does the same in an Envoy whose callouts start so.
func sendWhen(t *testing.T, factory shared.HttpFilterFactory, headers map[string][]string, start shared.HttpCalloutInitResult) *stream {
	t.Helper()
	s := &stream{t: t, thread: make(tasks, 1), counted: map[shared.MetricID]uint64{}, callStart: start}
	s.headers = fake.NewFakeHeaderMap(map[string][]string{
		":method": {"POST"}, ":authority": {"shop.example.com"}, ":path": {"/buy?n=1"},
	})
	for name, values := range headers {
		s.headers.Headers[name] = values
	}
	handle := mocks.NewMockHttpFilterHandle(gomock.NewController(t))
	handle.EXPECT().GetScheduler().Return(s.thread).AnyTimes()
	handle.EXPECT().RequestHeaders().Return(s.headers).AnyTimes()
	handle.EXPECT().IncrementCounterValue(gomock.Any(), uint64(1)).AnyTimes().
		Do(func(id shared.MetricID, _ uint64, _ ...string) { s.counted[id]++ })
	handle.EXPECT().Log(shared.LogLevelWarn, gomock.Any(), gomock.Any()).AnyTimes().
		Do(func(shared.LogLevel, string, ...any) { s.warnings++ })
	handle.EXPECT().ContinueRequest().AnyTimes().Do(func() { s.resumed++ })
	handle.EXPECT().SendLocalResponse(gomock.Any(), gomock.Any(), gomock.Any(), FilterName).MaxTimes(1).
		Do(func(status uint32, headers [][2]string, body []byte, _ string) {
			s.reply, s.replied, s.body = status, headers, string(body)
		})
	handle.EXPECT().HttpCallout("authz", gomock.Any(), gomock.Nil(), gomock.Any(), gomock.Any()).AnyTimes().
		DoAndReturn(func(_ string, headers [][2]string, _ []byte, _ uint64, callback shared.HttpCalloutCallback) (shared.HttpCalloutInitResult, uint64) {
			s.callouts = append(s.callouts, headers)
			s.callback = callback
			return s.callStart, 1
		})
	s.filter = factory.Create(handle)
	s.status = s.filter.OnRequestHeaders(s.headers, false)
	t.Cleanup(s.filter.OnDestroy)
	return s
}

// answer is what the service answers to the stream's callout. Envoy frees it when it was heard.
func (s *stream) answer(status string, headers ...[2]string) {
	s.t.Helper()
	if s.callback == nil {
		s.t.Fatal("nobody asked the service")
	}
	var memory [][]byte
	buffer := func(text string) shared.UnsafeEnvoyBuffer {
		data := []byte(text)
		memory = append(memory, data)
		return shared.UnsafeEnvoyBuffer{Ptr: unsafe.SliceData(data), Len: uint64(len(data))}
	}
	answer := [][2]shared.UnsafeEnvoyBuffer{{buffer(":status"), buffer(status)}}
	for _, header := range headers {
		answer = append(answer, [2]shared.UnsafeEnvoyBuffer{buffer(header[0]), buffer(header[1])})
	}
	s.callback.OnHttpCalloutDone(1, shared.HttpCalloutSuccess, answer, nil)
	for _, data := range memory {
		clear(data)
	}
}

// run waits until a goroutine has scheduled something, and does it.
func (s *stream) run() *stream {
	s.t.Helper()
	select {
	case task := <-s.thread:
		task()
	case <-time.After(10 * time.Second):
		s.t.Fatal("nothing was scheduled")
	}
	return s
}

// went says whether the request went on, at once or resumed, and was counted as one of three.
func (s *stream) went(t *testing.T, counter shared.MetricID) {
	t.Helper()
	if s.reply != 0 || (s.status == shared.HeadersStatusContinue) == (s.resumed == 1) {
		t.Errorf("reply %d, status %d, resumed %d times; want it to go on once", s.reply, s.status, s.resumed)
	}
	s.wasCounted(t, counter)
}

func (s *stream) wasRefused(t *testing.T, status uint32, counter shared.MetricID) {
	t.Helper()
	if s.reply != status || s.resumed != 0 || s.status == shared.HeadersStatusContinue {
		t.Errorf("reply %d, status %d, resumed %d times; want %d", s.reply, s.status, s.resumed, status)
	}
	s.wasCounted(t, counter)
}

func (s *stream) wasCounted(t *testing.T, counter shared.MetricID) {
	t.Helper()
	for _, id := range []shared.MetricID{allowedCounter, deniedCounter, failedCounter} {
		if (s.counted[id] == 1) != (id == counter) {
			t.Errorf("counted %v, want only %d of the first three", s.counted, counter)
		}
	}
}

const patient = `{"cluster":"authz","timeoutMs":60000}`

func TestHoldsARequestUntilTheServiceSaysYes(t *testing.T) {
	var c clock
	s := send(t, createFactory(t, &c, patient), nil)
	if s.status != shared.HeadersStatusStopAllAndWatermark || len(s.callouts) != 1 || len(s.counted) != 1 {
		t.Fatalf("status %d, %d callouts, counted %v; want it to wait", s.status, len(s.callouts), s.counted)
	}
	s.answer("204")
	if s.resumed != 0 {
		t.Fatal("resumed from within the callback")
	}
	s.run().went(t, allowedCounter)
}

func TestAsksWithTheConfiguredHeadersAndTheTarget(t *testing.T) {
	var c clock
	s := send(t, createFactory(t, &c, `{"cluster":"authz","path":"/check","host":"authz.internal","forwardHeaders":["Cookie","authorization"],"timeoutMs":60000}`),
		map[string][]string{"cookie": {"a=1", "b=2"}, "x-other": {"o"}})
	want := [][2]string{{":method", "GET"}, {":path", "/check"}, {"host", "authz.internal"},
		{"x-original-method", "POST"}, {"x-original-host", "shop.example.com"}, {"x-original-path", "/buy?n=1"},
		{"cookie", "a=1"}, {"cookie", "b=2"}}
	if got := s.callouts[0]; len(got) != len(want) {
		t.Fatalf("callout %v, want %v", got, want)
	}
	for i, header := range s.callouts[0] {
		if header != want[i] {
			t.Errorf("callout header %v, want %v", header, want[i])
		}
	}
}

func TestAsksWithoutTheTargetWhenToldSo(t *testing.T) {
	var c clock
	s := send(t, createFactory(t, &c, `{"cluster":"authz","forwardTarget":false,"timeoutMs":60000}`), nil)
	if len(s.callouts[0]) != 3 || s.callouts[0][2] != [2]string{"host", "authz"} {
		t.Errorf("callout %v", s.callouts[0])
	}
}

func TestTakesOverHeadersFromTheServiceAndNotFromTheClient(t *testing.T) {
	var c clock
	s := send(t, createFactory(t, &c, `{"cluster":"authz","upstreamHeaders":["X-User","x-role"],"timeoutMs":60000}`),
		map[string][]string{"x-user": {"forged"}, "x-role": {"admin"}})
	s.answer("200", [2]string{"X-User", "ann"}, [2]string{"x-user", "bob"}, [2]string{"x-more", "m"})
	s.run().went(t, allowedCounter)
	if got := s.headers.Headers["x-user"]; len(got) != 2 || got[0] != "ann" || got[1] != "bob" {
		t.Errorf("x-user = %q", got)
	}
	if s.headers.Headers["x-role"] != nil || s.headers.Headers["x-more"] != nil {
		t.Errorf("headers %v", s.headers.Headers)
	}
}

func TestRefusesWhatTheServiceRefuses(t *testing.T) {
	for status, want := range map[string]uint32{"401": 401, "403": 403} {
		var c clock
		s := send(t, createFactory(t, &c, patient), nil)
		s.answer(status, [2]string{"www-authenticate", "Bearer"}, [2]string{"set-cookie", "x"})
		s.run().wasRefused(t, want, deniedCounter)
		if s.body != "access denied" {
			t.Errorf("body %q", s.body)
		}
		if challenged := len(s.replied) == 2 && s.replied[1] == [2]string{"www-authenticate", "Bearer"}; challenged != (want == 401) {
			t.Errorf("%d: headers %v", want, s.replied)
		}
	}
}

func TestWithoutADecision(t *testing.T) {
	answers := map[string]func(s *stream){
		"an error of the service": func(s *stream) { s.answer("500") },
		"Envoy's time-out":        func(s *stream) { s.answer("504") },
		"a redirection":           func(s *stream) { s.answer("302") },
		"not found":               func(s *stream) { s.answer("404") },
		"no status":               func(s *stream) { s.callback.OnHttpCalloutDone(1, shared.HttpCalloutSuccess, nil, nil) },
		"a reset":                 func(s *stream) { s.callback.OnHttpCalloutDone(1, shared.HttpCalloutReset, nil, nil) },
		"an answer that is too large": func(s *stream) {
			s.callback.OnHttpCalloutDone(1, shared.HttpCalloutExceedResponseBufferLimit, nil, nil)
		},
		"a status that is no number":   func(s *stream) { s.answer("2") },
		"a status with more behind it": func(s *stream) { s.answer("2000") },
	}
	for name, answer := range answers {
		t.Run(name, func(t *testing.T) {
			var c clock
			s := send(t, createFactory(t, &c, patient), nil)
			answer(s)
			s.run().wasRefused(t, 503, failedCounter)
			if s.body != "no authorization decision" {
				t.Errorf("body %q", s.body)
			}

			s = send(t, createFactory(t, &c, `{"cluster":"authz","timeoutMs":60000,"onFailure":"allow"}`), nil)
			answer(s)
			s.run().went(t, failedCounter)

			s = send(t, createFactory(t, &c, `{"cluster":"authz","timeoutMs":60000,"failureStatus":500}`), nil)
			answer(s)
			s.run().wasRefused(t, 500, failedCounter)
		})
	}
}

func TestWithoutACallout(t *testing.T) {
	for _, start := range []shared.HttpCalloutInitResult{shared.HttpCalloutInitClusterNotFound,
		shared.HttpCalloutInitCannotCreateRequest, shared.HttpCalloutInitMissingRequiredHeaders} {
		var c clock
		factory := createFactory(t, &c, patient)
		s := sendWhen(t, factory, nil, start)
		s.wasRefused(t, 503, failedCounter)
		if s.warnings != 1 {
			t.Errorf("%d warnings, want one", s.warnings)
		}
		if again := sendWhen(t, factory, nil, start); again.warnings != 0 {
			t.Error("warned of every request")
		}
		s = sendWhen(t, createFactory(t, &c, `{"cluster":"authz","timeoutMs":60000,"onFailure":"allow"}`), nil, start)
		s.went(t, failedCounter)
	}
}

func TestTimeOut(t *testing.T) {
	var c clock
	s := send(t, createFactory(t, &c, `{"cluster":"authz","timeoutMs":1}`), nil).run()
	s.wasRefused(t, 503, failedCounter)
	if s.counted[timedOutCounter] != 1 {
		t.Errorf("counted %v, want the time-out too", s.counted)
	}
	s = send(t, createFactory(t, &c, `{"cluster":"authz","timeoutMs":1,"onFailure":"allow"}`), nil).run()
	s.went(t, failedCounter)
}

func TestALateDecisionIsForTheNextRequest(t *testing.T) {
	var c clock
	factory := createFactory(t, &c, `{"cluster":"authz","timeoutMs":1,"onFailure":"allow","cacheTtlSeconds":60}`)
	s := send(t, factory, nil).run()
	s.went(t, failedCounter)
	s.answer("403")
	if s.reply != 0 || s.resumed != 1 {
		t.Fatal("the late decision touched a request that had gone on")
	}
	next := send(t, factory, nil)
	next.wasRefused(t, 403, deniedCounter)
	if len(next.callouts) != 0 || next.counted[cachedCounter] != 1 {
		t.Errorf("%d callouts, counted %v; want the remembered decision", len(next.callouts), next.counted)
	}
}

const remembering = `{"cluster":"authz","timeoutMs":60000,"cacheTtlSeconds":60,"upstreamHeaders":["x-user"]}`

func TestRemembersDecisionsForTheirTime(t *testing.T) {
	var c clock
	factory := createFactory(t, &c, remembering)
	s := send(t, factory, nil)
	s.answer("200", [2]string{"x-user", "ann"})
	s.run().went(t, allowedCounter)

	c.advance(59 * time.Second)
	s = send(t, factory, map[string][]string{"x-user": {"forged"}})
	s.went(t, allowedCounter)
	if s.status != shared.HeadersStatusContinue || len(s.callouts) != 0 || s.headers.Headers["x-user"][0] != "ann" || s.counted[cachedCounter] != 1 {
		t.Errorf("status %d, %d callouts, x-user %q", s.status, len(s.callouts), s.headers.Headers["x-user"])
	}

	c.advance(time.Second)
	if s = send(t, factory, nil); len(s.callouts) != 1 {
		t.Error("the decision outlived its time")
	}
}

func TestRemembersADecisionOnlyForTheSameQuestion(t *testing.T) {
	var c clock
	factory := createFactory(t, &c, remembering)
	s := send(t, factory, map[string][]string{"authorization": {"ann"}})
	s.answer("200")
	s.run()
	for name, headers := range map[string]map[string][]string{
		"other credentials":  {"authorization": {"bob"}},
		"no credentials":     nil,
		"credentials twice":  {"authorization": {"ann", "ann"}},
		"another path":       {"authorization": {"ann"}, ":path": {"/buy?n=2"}},
		"another method":     {"authorization": {"ann"}, ":method": {"GET"}},
		"another host":       {"authorization": {"ann"}, ":authority": {"other.example.com"}},
		"texts moved across": {"authorization": {"ann"}, ":method": {"POSTx"}, ":authority": {"hop.example.com"}},
	} {
		if s := send(t, factory, headers); len(s.callouts) != 1 {
			t.Errorf("%s: answered with another request's decision", name)
		}
	}
}

func TestDoesNotRememberFailures(t *testing.T) {
	var c clock
	factory := createFactory(t, &c, remembering)
	s := send(t, factory, nil)
	s.answer("500")
	s.run().wasRefused(t, 503, failedCounter)
	if s = send(t, factory, nil); len(s.callouts) != 1 {
		t.Error("a failure was remembered")
	}
}

func TestRemembersNothingUnlessTold(t *testing.T) {
	var c clock
	factory := createFactory(t, &c, patient)
	s := send(t, factory, nil)
	if other := send(t, factory, nil); len(other.callouts) != 1 {
		t.Error("shared the callout of another request")
	}
	s.answer("200")
	s.run()
	if s = send(t, factory, nil); len(s.callouts) != 1 {
		t.Error("remembered a decision")
	}
}

func TestForgetsTheOldestDecisionWhenThereAreTooMany(t *testing.T) {
	var c clock
	factory := createFactory(t, &c, `{"cluster":"authz","timeoutMs":60000,"cacheTtlSeconds":60,"cacheMaxEntries":2}`)
	for _, path := range []string{"/1", "/2", "/3"} {
		s := send(t, factory, map[string][]string{":path": {path}})
		s.answer("200")
		s.run()
	}
	for path, callouts := range map[string]int{"/2": 0, "/3": 0, "/1": 1} {
		if s := send(t, factory, map[string][]string{":path": {path}}); len(s.callouts) != callouts {
			t.Errorf("%s: %d callouts, want %d", path, len(s.callouts), callouts)
		}
	}
}

func TestRequestsThatAskTheSameShareACallout(t *testing.T) {
	var c clock
	factory := createFactory(t, &c, remembering)
	first := send(t, factory, nil)
	second := send(t, factory, nil)
	if len(second.callouts) != 0 || second.counted[sharedCounter] != 1 {
		t.Fatalf("%d callouts, counted %v; want it to wait for the first", len(second.callouts), second.counted)
	}
	first.answer("200", [2]string{"x-user", "ann"})
	first.run().went(t, allowedCounter)
	second.run().went(t, allowedCounter)
	if second.headers.Headers["x-user"][0] != "ann" {
		t.Error("the second went on without the header")
	}
}

func TestARequestThatGoesAwayLeavesItsCalloutToAnother(t *testing.T) {
	var c clock
	factory := createFactory(t, &c, remembering)
	first := send(t, factory, nil)
	second := send(t, factory, nil)
	first.filter.OnStreamComplete()
	second.run()
	if len(second.callouts) != 1 || second.resumed != 0 {
		t.Fatalf("%d callouts, resumed %d times; want it to ask by itself", len(second.callouts), second.resumed)
	}
	second.answer("403")
	second.run().wasRefused(t, 403, deniedCounter)
	first.filter.OnDestroy()
	select {
	case <-first.thread:
		t.Error("something was scheduled for the request that is gone")
	default:
	}
}

func TestARequestThatIsOverIsNotResumed(t *testing.T) {
	var c clock
	s := send(t, createFactory(t, &c, patient), nil)
	s.answer("200")
	task := <-s.thread
	s.filter.OnStreamComplete()
	task()
	if s.resumed != 0 || s.reply != 0 || s.counted[allowedCounter] != 0 {
		t.Errorf("touched a request that is over: %+v", s)
	}
}

func TestRefusesABadConfiguration(t *testing.T) {
	with := func(rest string) string { return `{"cluster":"authz",` + rest + `}` }
	for raw, want := range map[string]string{
		``:                                           "cluster is missing",
		`{"cluster":""}`:                             "cluster is missing",
		with(`"url":"http://a"`):                     `there is no field "url"`,
		with(`"path":"check"`):                       `path "check" does not begin with a slash`,
		with(`"path":"/a b"`):                        `path "/a b"`,
		with(`"path":"/a\r\nx: y"`):                  "has characters that a path cannot have",
		with(`"host":"a b"`):                         `host "a b" is not a host name`,
		with(`"timeoutMs":0`):                        "timeoutMs is 0",
		with(`"timeoutMs":70000`):                    "timeoutMs is 70000",
		with(`"timeoutMs":"1s"`):                     "timeoutMs must be of type int",
		with(`"onFailure":"open"`):                   `onFailure "open" is unknown: use "refuse" or "allow"`,
		with(`"failureStatus":200`):                  "failureStatus 200",
		with(`"cacheTtlSeconds":-1`):                 "cacheTtlSeconds is -1",
		with(`"cacheTtlSeconds":86400`):              "cacheTtlSeconds is 86400",
		with(`"cacheMaxEntries":0`):                  "cacheMaxEntries is 0",
		with(`"forwardHeaders":["a b"]`):             `forwardHeaders has "a b"`,
		with(`"forwardHeaders":["Content-Length"]`):  `forwardHeaders has "Content-Length"`,
		with(`"forwardHeaders":["X-Original-Path"]`): "which the filter sets itself",
		with(`"upstreamHeaders":[":path"]`):          `upstreamHeaders has ":path"`,
		with(`"upstreamHeaders":["Host"]`):           `upstreamHeaders has "Host"`,
	} {
		t.Run(raw, func(t *testing.T) {
			handle := mocks.NewMockHttpFilterConfigHandle(gomock.NewController(t))
			factory, err := (&configFactory{now: time.Now}).Create(handle, []byte(raw))
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
