package pluginrpc

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	pb "envoygo.dev/pluginrpc/pluginrpcpb"
)

// A call the core made, until its answer is on the stream.
type incoming struct {
	id       uint32
	function string
	ctx      *Context
	cancel   context.CancelCauseFunc
	in       *inflow
	out      *outflow
	// Answered, or given up.
	settled bool
}

func (call *incoming) giveUp(reason *Error) {
	if !call.settled {
		call.settled = true
		call.cancel(reason)
		if call.out != nil {
			call.out.drop()
		}
	}
}

// A call this side made, until its caller has the result.
type outgoing struct {
	id        uint32
	function  string
	codec     string
	payload   []byte
	timeoutMs uint32
	onPart    func(*Payload) error
	in        *inflow
	out       *outflow
	parts     []whole
	// Whether a part is in the hands of onPart.
	delivering bool
	settled    bool
	result     *Payload
	err        error
	changed    chan struct{}
}

func (call *outgoing) notify() {
	select {
	case call.changed <- struct{}{}:
	default:
	}
}

// The calls between this plugin and the core, both ways, over one stream.
type conversation struct {
	limits    limits
	terms     terms
	codecs    *registry
	functions map[string]Function
	log       *logSender

	mu     sync.Mutex
	lastID uint32
	// Calls made here that wait for a free place at the core, oldest first.
	queued []*outgoing
	// Calls made here that are on the stream and not answered.
	sent map[uint32]*outgoing
	// Calls made there whose answer has not gone out.
	incoming map[uint32]*incoming
	// Those of them that wait because handlers of given-up calls have not returned.
	backlog []*incoming
	// Payloads that can go on as soon as the stream can.
	flowing   []*outflow
	running   int
	flowsNext bool
	ready     []*pb.Frame
	beat      *pb.Frame
	closed    *Error
	// The writer has something to do.
	wake chan struct{}
	over chan struct{}
	// Parent of every handler's context.
	base context.Context
}

func newConversation(base context.Context, p *Plugin, t terms) *conversation {
	return &conversation{
		limits:    p.limits,
		terms:     t,
		codecs:    p.codecs,
		functions: p.options.Functions,
		log:       p.logs,
		lastID:    math.MaxUint32, // Two further on is 1.
		sent:      map[uint32]*outgoing{},
		incoming:  map[uint32]*incoming{},
		wake:      make(chan struct{}, 1),
		over:      make(chan struct{}),
		base:      base,
	}
}

// ------------------------------------------------------------------------- what is written

func (c *conversation) wakeWriter() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *conversation) send(frame *pb.Frame) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sendLocked(frame)
}

func (c *conversation) sendLocked(frame *pb.Frame) {
	if c.closed == nil {
		c.ready = append(c.ready, frame)
		c.wakeWriter()
	}
}

// Sends a Ping; one that has not gone yet is replaced.
func (c *conversation) sendBeat(sequence uint32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.beat = &pb.Frame{Body: &pb.Frame_Ping{Ping: &pb.Ping{Sequence: sequence, Running: uint32(c.running)}}}
	c.wakeWriter()
}

// The one place that writes to the stream. While one envelope is being written the frames
// that become ready wait, and then go out together in the next.
func (c *conversation) write(send func(*pb.Envelope) error) error {
	for {
		frames, written := c.nextFrames()
		if len(frames) == 0 {
			select {
			case <-c.wake:
				continue
			case <-c.over:
				return nil
			}
		}
		err := send(&pb.Envelope{Frames: frames})
		for _, call := range written {
			call()
		}
		if err != nil {
			return err
		}
	}
}

func (c *conversation) nextFrames() (frames []*pb.Frame, written []func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	size := 0
	taken := 0
	for taken < len(c.ready) && size < fullEnvelope {
		frame := c.ready[taken]
		taken++
		size += sizeOf(frame)
		frames = append(frames, frame)
		if response := frame.GetExecResponse(); response != nil {
			c.forget(response.Id)
		}
	}
	c.ready = slices.Delete(c.ready, 0, taken)
	for size < fullEnvelope {
		frame, finished := c.pull()
		if frame == nil {
			break
		}
		size += sizeOf(frame)
		frames = append(frames, frame)
		if finished != nil {
			if finished.pulled != nil {
				finished.pulled()
			}
			if finished.sent != nil {
				written = append(written, finished.sent)
			}
		}
	}
	return frames, written
}

// The next frame that could wait until now.
func (c *conversation) pull() (*pb.Frame, *segment) {
	if c.beat != nil {
		beat := c.beat
		c.beat = nil
		return beat, nil
	}
	// By turns, so that neither new calls nor large payloads hold up the other.
	c.flowsNext = !c.flowsNext
	first, second := c.pullCall, c.pullFlow
	if c.flowsNext {
		first, second = second, first
	}
	if frame, finished := first(); frame != nil {
		return frame, finished
	}
	return second()
}

func (c *conversation) pullCall() (*pb.Frame, *segment) {
	if len(c.queued) == 0 || len(c.sent) >= c.terms.concurrency {
		return nil, nil
	}
	call := c.queued[0]
	c.queued = slices.Delete(c.queued, 0, 1)
	call.id = c.nextID()
	c.sent[call.id] = call
	call.out = &outflow{id: call.id, window: c.terms.window, segments: []segment{{
		payload: call.payload,
		begin: func(piece []byte, more bool) *pb.Frame {
			return &pb.Frame{Body: &pb.Frame_ExecRequest{ExecRequest: &pb.ExecRequest{
				Id: call.id, Function: call.function, Codec: call.codec,
				Payload: piece, More: more, TimeoutMs: call.timeoutMs,
			}}}
		},
	}}}
	frame, finished := call.out.next()
	c.flow(call.out)
	return frame, finished
}

func (c *conversation) nextID() uint32 {
	for {
		c.lastID += 2
		if _, used := c.sent[c.lastID]; !used {
			return c.lastID
		}
	}
}

func (c *conversation) pullFlow() (*pb.Frame, *segment) {
	for len(c.flowing) > 0 {
		// To the end of the line, or out of it until credit or more to send comes.
		out := c.flowing[0]
		c.flowing = slices.Delete(c.flowing, 0, 1)
		out.inLine = false
		if frame, finished := out.next(); frame != nil {
			c.flow(out)
			return frame, finished
		}
	}
	return nil, nil
}

func (c *conversation) flow(out *outflow) {
	if len(out.segments) > 0 && !out.inLine {
		out.inLine = true
		c.flowing = append(c.flowing, out)
		c.wakeWriter()
	}
}

// Close enough: only where to end an envelope depends on it.
func sizeOf(frame *pb.Frame) int {
	switch body := frame.Body.(type) {
	case *pb.Frame_ExecRequest:
		return len(body.ExecRequest.Payload) + 64
	case *pb.Frame_ExecPart:
		return len(body.ExecPart.Payload) + 64
	case *pb.Frame_ExecResponse:
		return len(body.ExecResponse.Payload) + len(body.ExecResponse.GetFailure().GetMessage()) + 64
	case *pb.Frame_Chunk:
		return len(body.Chunk.Data) + 16
	default:
		return 64
	}
}

// -------------------------------------------------------------------------- calls made here

func (c *conversation) makeCall(ctx context.Context, name string, args any, options []CallOption) (*Payload, error) {
	if err := ctx.Err(); err != nil {
		return nil, givenUp(ctx, name)
	}
	if !c.terms.functions[name] {
		return nil, errorf(ErrUnknownFunction, "the core has no function %q; it has %s", name, listOf(c.terms.functions))
	}
	codec, payload, err := c.codecs.encode(args)
	if err == nil {
		err = c.checkSendable(codec, payload, "The arguments of "+name)
	}
	if err != nil {
		return nil, err
	}
	call := &outgoing{function: name, codec: codec, payload: payload, changed: make(chan struct{}, 1)}
	for _, option := range options {
		option(call)
	}
	if deadline, ok := ctx.Deadline(); ok {
		call.timeoutMs = uint32(min(max(time.Until(deadline).Milliseconds(), 1), math.MaxInt32))
	}
	if err := c.enqueue(call); err != nil {
		return nil, err
	}
	return c.await(ctx, call)
}

func (c *conversation) enqueue(call *outgoing) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed != nil {
		return c.closed
	}
	if len(c.queued) >= maxQueued+max(0, c.terms.concurrency-len(c.sent)) {
		return errorf(ErrBusy, "%d calls wait for the core already; call %s again later", maxQueued, call.function)
	}
	c.queued = append(c.queued, call)
	c.wakeWriter()
	return nil
}

// Hands parts to the caller until the result is there.
func (c *conversation) await(ctx context.Context, call *outgoing) (*Payload, error) {
	for {
		part, cost, done := c.nextPart(call)
		if done {
			return call.result, call.err
		}
		if part != nil {
			if err := call.onPart(part); err != nil {
				c.abandon(call, ErrCancelled.Code, err)
				return nil, err
			}
			c.partTaken(call, cost)
			if ctx.Err() == nil {
				continue
			}
		}
		select {
		case <-ctx.Done():
			err := givenUp(ctx, call.function)
			c.abandon(call, err.Code, err)
			if call.err == nil && len(call.parts) > 0 {
				return nil, err
			}
			return call.result, call.err
		case <-call.changed:
		}
	}
}

func givenUp(ctx context.Context, function string) *Error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return errorf(ErrTimeout, "%s of the core was not answered in time", function)
	}
	return errorf(ErrCancelled, "%s of the core was cancelled by its caller", function)
}

func (c *conversation) nextPart(call *outgoing) (part *Payload, cost int64, done bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if call.err == nil && len(call.parts) > 0 {
		next := call.parts[0]
		call.parts = call.parts[1:]
		call.delivering = true
		return &Payload{Codec: next.codec, raw: next.payload, from: c.codecs, name: "A part of " + call.function}, next.cost, false
	}
	return nil, 0, call.settled
}

func (c *conversation) partTaken(call *outgoing, cost int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	call.delivering = len(call.parts) > 0
	if !call.delivering {
		cost += call.in.takeCost()
	}
	c.grant(call, cost)
}

func (c *conversation) grant(call *outgoing, cost int64) {
	if credit := call.in.consume(cost); credit > 0 && c.sent[call.id] == call {
		c.sendCredit(call.id, credit)
	}
}

func (c *conversation) sendCredit(id, credit uint32) {
	c.sendLocked(&pb.Frame{Body: &pb.Frame_Credit{Credit: &pb.Credit{Id: id, Bytes: credit}}})
}

// The caller waits no longer, unless the result is there already.
func (c *conversation) abandon(call *outgoing, code pb.ErrorCode, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if i := slices.Index(c.queued, call); i >= 0 {
		c.queued = slices.Delete(c.queued, i, i+1)
	}
	if c.sent[call.id] == call {
		c.removeSent(call)
		c.sendLocked(&pb.Frame{Body: &pb.Frame_Cancel{Cancel: &pb.Cancel{Id: call.id, Code: code}}})
	}
	c.settle(call, nil, err)
}

func (c *conversation) removeSent(call *outgoing) {
	delete(c.sent, call.id)
	if call.out != nil {
		call.out.drop()
	}
	// A place is free.
	c.wakeWriter()
}

func (c *conversation) settle(call *outgoing, result *Payload, err error) {
	if !call.settled {
		call.settled = true
		call.result, call.err = result, err
		call.notify()
	}
}

func (c *conversation) checkSendable(codec string, payload []byte, what string) error {
	if !c.terms.codecs[codec] {
		return errorf(ErrUnknownCodec, "%s are in the codec %q, which the core does not know; it knows %s", what, codec, listOf(c.terms.codecs))
	}
	if len(payload) > c.terms.maxPayload {
		return errorf(ErrPayloadTooLarge, "%s are %d bytes; the core takes %d", what, len(payload), c.terms.maxPayload)
	}
	return nil
}

// --------------------------------------------------------------------- what the core sends

// Takes a frame that belongs to a call. An error means that the core broke the protocol.
func (c *conversation) receive(frame *pb.Frame) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed != nil {
		return nil
	}
	switch body := frame.Body.(type) {
	case *pb.Frame_ExecRequest:
		return c.onRequest(body.ExecRequest)
	case *pb.Frame_ExecPart:
		part := body.ExecPart
		if call := c.sent[part.Id]; call != nil {
			complete, err := c.inflowOf(call).begin(part.Codec, part.Payload, part.More, true)
			return c.onReceived(call, complete, err)
		}
	case *pb.Frame_ExecResponse:
		return c.onResponse(body.ExecResponse)
	case *pb.Frame_Chunk:
		return c.onChunk(body.Chunk)
	case *pb.Frame_Credit:
		c.onCredit(body.Credit)
	case *pb.Frame_Cancel:
		c.onCancel(body.Cancel)
	}
	return nil
}

func isOwn(id uint32) bool { return id%2 == 1 }

func (c *conversation) inflowOf(call *outgoing) *inflow {
	if call.in == nil {
		call.in = newInflow(call.id, c.limits)
	}
	return call.in
}

func (c *conversation) onResponse(response *pb.ExecResponse) error {
	call := c.sent[response.Id]
	if call == nil {
		// The answer and our Cancel crossed.
		return nil
	}
	if failure := response.Failure; failure != nil {
		c.removeSent(call)
		c.settle(call, nil, &Error{
			Code:    knownCode(failure.Code, ErrHandler),
			Message: fmt.Sprintf("%s of the core failed: %s", call.function, failure.Message),
		})
		return nil
	}
	complete, err := c.inflowOf(call).begin(response.Codec, response.Payload, response.More, false)
	return c.onReceived(call, complete, err)
}

func (c *conversation) onChunk(chunk *pb.Chunk) error {
	if isOwn(chunk.Id) {
		call := c.sent[chunk.Id]
		if call == nil {
			return nil
		}
		complete, err := c.inflowOf(call).add(chunk.Data, chunk.More)
		return c.onReceived(call, complete, err)
	}
	call := c.incoming[chunk.Id]
	if call == nil || call.settled {
		return nil
	}
	if call.in == nil {
		call.in = newInflow(call.id, c.limits)
	}
	complete, err := call.in.add(chunk.Data, chunk.More)
	return c.onArguments(call, complete, err)
}

// Something came for a call made here.
func (c *conversation) onReceived(call *outgoing, complete *whole, err error) error {
	var large tooLarge
	switch {
	case errors.As(err, &large):
		c.removeSent(call)
		c.sendLocked(&pb.Frame{Body: &pb.Frame_Cancel{Cancel: &pb.Cancel{Id: call.id, Code: ErrCancelled.Code}}})
		c.settle(call, nil, errorf(ErrPayloadTooLarge, "%s of the core gave %s; at most %d are taken", call.function, large, c.limits.maxPayload))
	case err != nil:
		return err
	case complete == nil:
		if !call.delivering && len(call.parts) == 0 {
			c.grant(call, call.in.takeCost())
		}
	case !complete.isPart:
		c.removeSent(call)
		c.settle(call, &Payload{Codec: complete.codec, raw: complete.payload, from: c.codecs, name: "The result of " + call.function}, nil)
	case call.onPart == nil:
		c.grant(call, complete.cost)
	default:
		call.parts = append(call.parts, *complete)
		call.notify()
	}
	return nil
}

func (c *conversation) onCredit(credit *pb.Credit) {
	var out *outflow
	if isOwn(credit.Id) {
		if call := c.sent[credit.Id]; call != nil {
			out = call.out
		}
	} else if call := c.incoming[credit.Id]; call != nil {
		out = call.out
	}
	if out != nil {
		out.window += int64(credit.Bytes)
		c.flow(out)
	}
}

func (c *conversation) onCancel(cancel *pb.Cancel) {
	call := c.incoming[cancel.Id]
	if call == nil || isOwn(cancel.Id) {
		// The answer and the Cancel crossed.
		return
	}
	if cancel.Code == ErrTimeout.Code {
		call.giveUp(errorf(ErrCancelled, "The core waited no longer"))
	} else {
		call.giveUp(errorf(ErrCancelled, "The core gave the call up"))
	}
	c.forget(cancel.Id)
}

// --------------------------------------------------------------------- calls the core made

func (c *conversation) onRequest(request *pb.ExecRequest) error {
	switch {
	case request.Id == 0 || isOwn(request.Id):
		return violation{fmt.Sprintf("call id %d is not one it may choose", request.Id)}
	case c.incoming[request.Id] != nil:
		return violation{fmt.Sprintf("call id %d is in use", request.Id)}
	case len(c.incoming) >= c.limits.concurrency:
		return violation{fmt.Sprintf("more than %d calls at once", c.limits.concurrency)}
	}
	base, cancel := context.WithCancelCause(c.base)
	call := &incoming{
		id:       request.Id,
		function: request.Function,
		cancel:   cancel,
		in:       newInflow(request.Id, c.limits),
	}
	call.ctx = &Context{
		Context:      base,
		Function:     request.Function,
		Log:          &Logger{sender: c.log, callID: request.Id},
		call:         call,
		conversation: c,
	}
	if request.TimeoutMs > 0 {
		call.ctx.deadline = time.Now().Add(time.Duration(request.TimeoutMs) * time.Millisecond)
	}
	c.incoming[request.Id] = call
	complete, err := call.in.begin(request.Codec, request.Payload, request.More, false)
	return c.onArguments(call, complete, err)
}

func (c *conversation) onArguments(call *incoming, complete *whole, err error) error {
	var large tooLarge
	switch {
	case errors.As(err, &large):
		c.fail(call, errorf(ErrPayloadTooLarge, "the arguments are %s; at most %d are taken", large, c.limits.maxPayload))
	case err != nil:
		return err
	case complete != nil:
		c.onWholeRequest(call, complete)
	default:
		if credit := call.in.consume(call.in.takeCost()); credit > 0 {
			c.sendCredit(call.id, credit)
		}
	}
	return nil
}

func (c *conversation) onWholeRequest(call *incoming, arguments *whole) {
	if _, ok := c.functions[call.function]; !ok {
		names := slices.Collect(maps.Keys(c.functions))
		slices.Sort(names)
		c.fail(call, errorf(ErrUnknownFunction, "there is no function %q; there is %s", call.function, strings.Join(names, ", ")))
		return
	}
	if _, err := c.codecs.get(arguments.codec); err != nil {
		c.fail(call, err)
		return
	}
	call.ctx.Payload = &Payload{
		Codec: arguments.codec,
		raw:   arguments.payload,
		from:  c.codecs,
		name:  "The argument of " + call.function,
	}
	if c.running >= c.limits.concurrency {
		c.backlog = append(c.backlog, call)
		return
	}
	c.run(call)
}

func (c *conversation) run(call *incoming) {
	c.running++
	handler := c.functions[call.function].Handler
	go func() {
		result, err := protect(handler, call.ctx)
		var codec string
		var payload []byte
		if err == nil {
			if codec, payload, err = c.codecs.encode(result); err == nil {
				err = c.checkSendable(codec, payload, "The results of "+call.function)
			}
		}
		if err != nil && failureCode(err) == ErrHandler.Code && call.ctx.Err() == nil {
			call.ctx.Log.Error(fmt.Sprintf("%s failed: %s", call.function, err))
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.running--
		if !call.settled {
			if err != nil {
				c.fail(call, err)
			} else {
				c.answer(call, codec, payload)
			}
		}
		call.cancel(nil)
		for len(c.backlog) > 0 && c.running < c.limits.concurrency {
			next := c.backlog[0]
			c.backlog = slices.Delete(c.backlog, 0, 1)
			c.run(next)
		}
	}()
}

func protect(handler Handler, ctx *Context) (result any, err error) {
	defer func() {
		if raised := recover(); raised != nil {
			ctx.Log.Error(fmt.Sprintf("%s panicked: %v", ctx.Function, raised), "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", raised)
		}
	}()
	return handler(ctx)
}

func (c *conversation) answer(call *incoming, codec string, payload []byte) {
	call.settled = true
	begin := func(piece []byte, more bool) *pb.Frame {
		return &pb.Frame{Body: &pb.Frame_ExecResponse{ExecResponse: &pb.ExecResponse{
			Id: call.id, Codec: codec, Payload: piece, More: more,
		}}}
	}
	if len(payload) <= chunkBytes && (call.out == nil || len(call.out.segments) == 0) {
		c.sendLocked(begin(payload, false))
		return
	}
	c.addSegment(call, segment{
		begin:   begin,
		payload: payload,
		pulled:  func() { c.forget(call.id) },
	})
}

func (c *conversation) fail(call *incoming, err error) {
	call.settled = true
	call.cancel(nil)
	if call.out != nil {
		call.out.drop()
	}
	message := validString(err.Error())
	if len(message) > maxFailureMessage {
		message = message[:maxFailureMessage]
		for !utf8.ValidString(message) {
			message = message[:len(message)-1]
		}
	}
	c.sendLocked(&pb.Frame{Body: &pb.Frame_ExecResponse{ExecResponse: &pb.ExecResponse{
		Id:      call.id,
		Failure: &pb.Failure{Code: failureCode(err), Message: message},
	}}})
}

func (c *conversation) addSegment(call *incoming, s segment) {
	if call.out == nil {
		call.out = &outflow{id: call.id, window: c.terms.window}
	}
	call.out.segments = append(call.out.segments, s)
	c.flow(call.out)
}

func (c *conversation) sendPart(call *incoming, value any) error {
	codec, payload, err := c.codecs.encode(value)
	if err == nil {
		err = c.checkSendable(codec, payload, "The parts of "+call.function)
	}
	if err != nil {
		return err
	}
	done := make(chan error, 1)
	c.mu.Lock()
	if call.settled {
		c.mu.Unlock()
		return errorf(ErrCancelled, "%s is over; nobody reads its parts any more", call.function)
	}
	c.addSegment(call, segment{
		costs:   true,
		payload: payload,
		begin: func(piece []byte, more bool) *pb.Frame {
			return &pb.Frame{Body: &pb.Frame_ExecPart{ExecPart: &pb.ExecPart{
				Id: call.id, Codec: codec, Payload: piece, More: more,
			}}}
		},
		sent: func() { done <- nil },
		dropped: func() {
			done <- errorf(ErrCancelled, "%s was given up while a part waited to be sent", call.function)
		},
	})
	c.mu.Unlock()
	return <-done
}

// The call's answer went out, or is wanted no more.
func (c *conversation) forget(id uint32) {
	call := c.incoming[id]
	if call == nil {
		return
	}
	delete(c.incoming, id)
	c.backlog = slices.DeleteFunc(c.backlog, func(waiting *incoming) bool { return waiting == call })
	if call.out != nil {
		call.out.drop()
	}
}

// ------------------------------------------------------------------------------- the end

// Calls made here fail with what happened, handlers of calls made there are told by their
// context. Nothing is held any more.
func (c *conversation) close(reason string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed != nil {
		return
	}
	c.closed = errorf(ErrPluginGone, "the core is gone: %s", reason)
	for _, call := range c.queued {
		c.settle(call, nil, errorf(ErrPluginGone, "%s of the core was not sent: %s", call.function, reason))
	}
	for _, call := range c.sent {
		c.removeSent(call)
		c.settle(call, nil, errorf(ErrPluginGone, "%s of the core was running when it went away: %s", call.function, reason))
	}
	for id, call := range c.incoming {
		call.giveUp(errorf(ErrCancelled, "The core is gone: %s", reason))
		c.forget(id)
	}
	c.queued, c.ready, c.flowing, c.beat = nil, nil, nil, nil
	close(c.over)
}

func listOf(names map[string]bool) string {
	sorted := slices.Sorted(maps.Keys(names))
	switch {
	case len(sorted) == 0:
		return "none"
	case len(sorted) > 20:
		return strings.Join(sorted[:20], ", ") + ", …"
	default:
		return strings.Join(sorted, ", ")
	}
}
