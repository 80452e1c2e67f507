package pluginrpc

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	pb "envoygo.dev/pluginrpc/pluginrpcpb"
)

func handle(handler Handler) Options {
	return Options{Functions: map[string]Function{"run": {Handler: handler}}}
}

func TestMountSaysWhatThePluginIs(t *testing.T) {
	_, stream := mountOn(t, newFakeCore(t), Options{
		Interface: "sums",
		Labels:    map[string]string{"zone": "a"},
		Functions: map[string]Function{"b": {Handler: noResult, Signature: "() -> ()"}, "a": {Handler: noResult}},
	})
	request := stream.request
	if request.Token != "secret" || request.Name != "test" || request.Version != "1.0.0" || request.Interface != "sums" || request.Labels["zone"] != "a" {
		t.Errorf("got %v", request)
	}
	if len(request.Functions) != 2 || request.Functions[0].Name != "a" || request.Functions[1].Signature != "() -> ()" {
		t.Errorf("got %v", request.Functions)
	}
}

func noResult(*Context) (any, error) { return nil, nil }

func TestARefusalIsItsOwnError(t *testing.T) {
	for code, want := range map[pb.ErrorCode]error{
		pb.ErrorCode_ERROR_CODE_WRONG_TOKEN:      ErrWrongToken,
		pb.ErrorCode_ERROR_CODE_DUPLICATE_PLUGIN: ErrDuplicatePlugin,
		pb.ErrorCode(4711):                       ErrMountRefused,
	} {
		core := newFakeCore(t)
		core.result = func(*pb.MountRequest) *pb.MountResult { return &pb.MountResult{Code: code, Message: "No."} }
		plugin, err := New(handle(noResult))
		if err != nil {
			t.Fatal(err)
		}
		err = plugin.Mount(t.Context(), MountOptions{Address: core.address, Token: StaticToken("x")})
		if !errors.Is(err, want) || err.Error() != "No." || plugin.State() != Unmounted {
			t.Errorf("code %d gave %v, state %s", code, err, plugin.State())
		}
	}
}

func TestMountEndsWithItsContext(t *testing.T) {
	core := newFakeCore(t)
	asked := make(chan struct{}, 1)
	core.result = func(*pb.MountRequest) *pb.MountResult {
		asked <- struct{}{}
		return nil
	}
	plugin, err := New(handle(noResult))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error, 1)
	go func() { result <- plugin.Mount(ctx, MountOptions{Address: core.address, Token: StaticToken("x")}) }()
	receive(t, asked, "a mount request")
	cancel()
	if err := receive(t, result, "the end of Mount"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestMountGivesUpAtOnceWhenItMayNotReconnect(t *testing.T) {
	plugin, err := New(Options{Reconnect: Reconnect{Never: true}})
	if err != nil {
		t.Fatal(err)
	}
	err = plugin.Mount(t.Context(), MountOptions{Address: "127.0.0.1:1", Token: StaticToken("x"), Timeout: 5 * time.Second})
	if !errors.Is(err, ErrPluginGone) {
		t.Errorf("got %v", err)
	}
}

func TestSplitsALongResultAndWaitsForCredit(t *testing.T) {
	result := bytes.Repeat([]byte("x"), 3*chunkBytes)
	_, stream := mountOn(t, newFakeCore(t), handle(func(*Context) (any, error) { return result, nil }))
	stream.send(exec(2, "run", "bytes", nil))
	response := stream.next().GetExecResponse()
	if response == nil || !response.More || len(response.Payload) != chunkBytes {
		t.Fatalf("got %v", response)
	}
	// The window of 1000 bytes lets one chunk overdraw it.
	if chunk := stream.next().GetChunk(); chunk == nil || !chunk.More {
		t.Fatalf("got %v", chunk)
	}
	// Another call goes on meanwhile; nothing of the first comes before its answer.
	stream.send(exec(4, "nonsense", "bytes", nil))
	if answer := stream.next().GetExecResponse(); answer.GetId() != 4 || answer.Failure.Code != ErrUnknownFunction.Code {
		t.Fatalf("got %v", answer)
	}
	stream.send(&pb.Frame{Body: &pb.Frame_Credit{Credit: &pb.Credit{Id: 2, Bytes: 2 * chunkBytes}}})
	if chunk := stream.next().GetChunk(); chunk == nil || chunk.More || len(chunk.Data) != chunkBytes {
		t.Fatalf("got %v", chunk)
	}
}

func TestBreakingTheProtocolEndsTheMount(t *testing.T) {
	cases := map[string][]*pb.Frame{
		"call id 3 is not one it may choose": {exec(3, "run", "bytes", nil)},
		"call id 0 is not one it may choose": {exec(0, "run", "bytes", nil)},
		"call id 2 is in use":                {exec(2, "run", "bytes", nil), exec(2, "run", "bytes", nil)},
		"more than 1 calls at once":          {exec(2, "run", "bytes", nil), exec(4, "run", "bytes", nil)},
		"call 2 sent a chunk of nothing":     {exec(2, "run", "bytes", nil), {Body: &pb.Frame_Chunk{Chunk: &pb.Chunk{Id: 2}}}},
	}
	for want, frames := range cases {
		t.Run(want, func(t *testing.T) {
			reasons := make(chan string, 100)
			options := handle(func(ctx *Context) (any, error) {
				<-ctx.Done()
				return nil, ctx.Err()
			})
			options.Concurrency = 1
			options.OnState = func(state State, reason string) {
				if state == Lost {
					reasons <- reason
				}
			}
			core := newFakeCore(t)
			_, stream := mountOn(t, core, options)
			stream.send(frames...)
			if reason := receive(t, reasons, "the loss"); !strings.Contains(reason, want) {
				t.Errorf("got %q", reason)
			}
			receive(t, stream.gone, "the end of the stream")
			receive(t, core.streams, "a fresh mount")
		})
	}
}

func TestFramesOfALaterProtocolAreSurvived(t *testing.T) {
	_, stream := mountOn(t, newFakeCore(t), handle(func(*Context) (any, error) { return []byte("ok"), nil }))
	stream.send(&pb.Frame{})
	stream.send(&pb.Frame{Body: &pb.Frame_Credit{Credit: &pb.Credit{Id: 77, Bytes: 1}}}, exec(2, "run", "bytes", nil))
	if response := stream.next().GetExecResponse(); string(response.GetPayload()) != "ok" {
		t.Errorf("got %v", response)
	}
}

func TestACancelledHandlerIsToldAndNotAnswered(t *testing.T) {
	causes := make(chan error, 1)
	started := make(chan struct{}, 1)
	_, stream := mountOn(t, newFakeCore(t), handle(func(ctx *Context) (any, error) {
		if ctx.Payload.Size() > 0 {
			return nil, nil
		}
		started <- struct{}{}
		<-ctx.Done()
		causes <- context.Cause(ctx)
		return nil, ctx.Part("too late")
	}))
	stream.send(exec(2, "run", "bytes", nil))
	receive(t, started, "the handler")
	stream.send(&pb.Frame{Body: &pb.Frame_Cancel{Cancel: &pb.Cancel{Id: 2, Code: ErrTimeout.Code}}})
	if cause := receive(t, causes, "the cancellation"); !errors.Is(cause, ErrCancelled) {
		t.Errorf("got %v", cause)
	}
	stream.send(exec(4, "run", "bytes", []byte("x")))
	if response := stream.next().GetExecResponse(); response.GetId() != 4 {
		t.Errorf("got %v", response)
	}
}

func TestCallsWaitForAFreePlaceAtTheCore(t *testing.T) {
	plugin, stream := mountOn(t, newFakeCore(t), handle(noResult))
	results := make(chan error, 5)
	for range 5 {
		go func() {
			_, err := plugin.Call(t.Context(), "offered", nil)
			results <- err
		}()
	}
	ids := map[uint32]bool{}
	for range 4 {
		request := stream.next().GetExecRequest()
		if request == nil || request.Id%2 != 1 || ids[request.Id] {
			t.Fatalf("got %v", request)
		}
		ids[request.Id] = true
	}
	select {
	case frame := <-stream.frames:
		t.Fatalf("a fifth call: %v", frame)
	default:
	}
	stream.send(&pb.Frame{Body: &pb.Frame_ExecResponse{ExecResponse: &pb.ExecResponse{Id: 1, Codec: "bytes"}}})
	if err := receive(t, results, "a result"); err != nil {
		t.Error(err)
	}
	if request := stream.next().GetExecRequest(); request == nil {
		t.Error("the fifth call did not come")
	}
	close(stream.end)
	for range 4 {
		if err := receive(t, results, "a result"); !errors.Is(err, ErrPluginGone) {
			t.Errorf("got %v", err)
		}
	}
}

func TestACallEndsWithItsContext(t *testing.T) {
	plugin, stream := mountOn(t, newFakeCore(t), handle(noResult))
	ctx, cancel := context.WithCancel(t.Context())
	results := make(chan error, 1)
	go func() {
		_, err := plugin.Call(ctx, "offered", nil)
		results <- err
	}()
	id := stream.next().GetExecRequest().GetId()
	cancel()
	if err := receive(t, results, "the end of the call"); !errors.Is(err, ErrCancelled) {
		t.Errorf("got %v", err)
	}
	if told := stream.next().GetCancel(); told.GetId() != id || told.Code != ErrCancelled.Code {
		t.Errorf("got %v", told)
	}
	if _, err := plugin.Call(ctx, "offered", nil); !errors.Is(err, ErrCancelled) {
		t.Errorf("got %v", err)
	}
}

func TestLogsAreFilteredAndBounded(t *testing.T) {
	core := newFakeCore(t)
	options := handle(noResult)
	options.LogBufferLines = 3
	options.Name, options.Version = "test", "1.0.0"
	plugin, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	for _, message := range []string{"1", "2", "3", "4", "5"} {
		plugin.Log.Warn(message, "key", 7)
	}
	if err := plugin.Mount(t.Context(), MountOptions{Address: core.address, Token: StaticToken("x")}); err != nil {
		t.Fatal(err)
	}
	batch := receive(t, core.logs, "a batch")
	if batch.Dropped != 2 || len(batch.Lines) != 3 || batch.Lines[0].Message != "3" || batch.Lines[0].Fields["key"] != "7" {
		t.Errorf("got %v", batch)
	}
	plugin.Log.Debug("not wanted")
	plugin.Log.Info("wanted")
	if batch := receive(t, core.logs, "a batch"); len(batch.Lines) != 1 || batch.Lines[0].Message != "wanted" {
		t.Errorf("got %v", batch)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	if err := plugin.Unmount(ctx, "done"); err != nil || plugin.State() != Unmounted {
		t.Errorf("got %v, %s", err, plugin.State())
	}
	receive(t, plugin.Done(), "the end")
}

func TestGettersNameThePathAndBothTypes(t *testing.T) {
	payload, err := EncodeMap(map[string]any{"user": map[string]any{"age": "ten", "tags": []any{1, nil}}, "whole": 2.0})
	if err != nil {
		t.Fatal(err)
	}
	args, err := (&Payload{Codec: "map", raw: payload, from: newRegistry(nil), name: "It"}).Map()
	if err != nil {
		t.Fatal(err)
	}
	user, err := args.Map("user")
	if err != nil {
		t.Fatal(err)
	}
	tags, err := user.List("tags")
	if err != nil {
		t.Fatal(err)
	}
	_, ageErr := user.Int64("age")
	_, tagErr := tags.String(0)
	_, nilErr := tags.Int64(1)
	_, pastErr := tags.Int64(2)
	_, missingErr := args.Time("when")
	_, enumErr := user.Enum("age", "one", "two")
	for err, want := range map[error]string{
		ageErr:     `user.age is a string ("ten"), not an int64`,
		tagErr:     `user.tags[0] is an int64 (1), not a string`,
		nilErr:     `user.tags[1] is nil, not an int64`,
		pastErr:    `user.tags[2] is missing, not an int64`,
		missingErr: `when is missing, not a time`,
		enumErr:    `user.age is a string ("ten"), not one of "one", "two"`,
	} {
		if !errors.Is(err, ErrWrongType) || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if whole, err := args.Int64("whole"); err != nil || whole != 2 {
		t.Errorf("got %d, %v", whole, err)
	}
	if absent, err := args.StringOr("nothing", "default"); err != nil || absent != "default" {
		t.Errorf("got %q, %v", absent, err)
	}
}

func TestRefusesWhatTheMapCodecCannotCarry(t *testing.T) {
	for want, value := range map[string]any{
		"an integer beyond 64 bits":       uint64(1) << 63,
		"a chan int":                      make(chan int),
		"keys of type int":                map[int]string{1: "x"},
		"a map with the key __proto__":    map[string]any{"__proto__": 1},
		"user.name is a struct {}, which": map[string]any{"user": map[string]any{"name": struct{}{}}},
	} {
		if _, err := EncodeMap(value); !errors.Is(err, ErrWrongType) || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
