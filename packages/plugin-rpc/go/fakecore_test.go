package pluginrpc

import (
	"context"
	"net"
	"testing"
	"time"

	"google.golang.org/grpc"

	pb "envoygo.dev/pluginrpc/pluginrpcpb"
)

// A core that says whatever a test wants said.
type fakeCore struct {
	pb.UnimplementedPluginCoreServer
	t       *testing.T
	address string
	// The answer to the next mount requests.
	result func(*pb.MountRequest) *pb.MountResult
	// One for each plugin that mounted.
	streams chan *fakeStream
	logs    chan *pb.LogBatch
}

type fakeStream struct {
	t       *testing.T
	request *pb.MountRequest
	out     chan *pb.Envelope
	frames  chan *pb.Frame
	// Closed when the plugin is gone.
	gone chan struct{}
	// Closed when the plugin asked to leave.
	left chan struct{}
	// Closing it ends the stream.
	end chan struct{}
}

func newFakeCore(t *testing.T) *fakeCore {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	core := &fakeCore{
		t:       t,
		address: listener.Addr().String(),
		streams: make(chan *fakeStream, 10),
		logs:    make(chan *pb.LogBatch, 1000),
		result: func(*pb.MountRequest) *pb.MountResult {
			return &pb.MountResult{
				ProtocolVersion: 1, Session: "session", PingIntervalMs: 20, PingTimeoutMs: 60_000,
				Functions:   []*pb.Function{{Name: "offered"}},
				Concurrency: 4, WindowBytes: 1000, LogLevel: pb.LogLevel_LOG_LEVEL_INFO,
			}
		},
	}
	server := grpc.NewServer()
	pb.RegisterPluginCoreServer(server, core)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	return core
}

func (f *fakeCore) Communicate(stream grpc.BidiStreamingServer[pb.Envelope, pb.Envelope]) error {
	first, err := stream.Recv()
	if err != nil {
		return err
	}
	request := first.Frames[0].GetMountRequest()
	result := f.result(request)
	if result == nil {
		<-stream.Context().Done()
		return nil
	}
	if err := stream.Send(&pb.Envelope{Frames: []*pb.Frame{{Body: &pb.Frame_MountResult{MountResult: result}}}}); err != nil {
		return err
	}
	if result.Code != 0 {
		return nil
	}
	s := &fakeStream{
		t:       f.t,
		request: request,
		out:     make(chan *pb.Envelope, 100),
		frames:  make(chan *pb.Frame, 10_000),
		gone:    make(chan struct{}),
		left:    make(chan struct{}),
		end:     make(chan struct{}),
	}
	f.streams <- s
	go func() {
		defer close(s.gone)
		for {
			envelope, err := stream.Recv()
			if err != nil {
				return
			}
			for _, frame := range envelope.Frames {
				switch frame.Body.(type) {
				case *pb.Frame_Ping:
				case *pb.Frame_UnmountRequest:
					close(s.left)
				default:
					s.frames <- frame
				}
			}
		}
	}()
	for {
		select {
		case envelope := <-s.out:
			if err := stream.Send(envelope); err != nil {
				return err
			}
		case <-s.end:
			return nil
		case <-s.left:
			return nil
		case <-stream.Context().Done():
			return nil
		}
	}
}

func (f *fakeCore) Log(stream grpc.ClientStreamingServer[pb.LogBatch, pb.LogSummary]) error {
	for {
		batch, err := stream.Recv()
		if err != nil {
			return stream.SendAndClose(&pb.LogSummary{})
		}
		f.logs <- batch
	}
}

func (s *fakeStream) send(frames ...*pb.Frame) {
	s.out <- &pb.Envelope{Frames: frames}
}

func (s *fakeStream) next() *pb.Frame {
	s.t.Helper()
	return receive(s.t, s.frames, "a frame of the plugin")
}

// Waits for something, but not for ever.
func receive[T any](t *testing.T, from <-chan T, what string) T {
	t.Helper()
	select {
	case value := <-from:
		return value
	case <-time.After(10 * time.Second):
		t.Fatalf("waited in vain for %s", what)
		panic("not reached")
	}
}

func exec(id uint32, function, codec string, payload []byte) *pb.Frame {
	return &pb.Frame{Body: &pb.Frame_ExecRequest{ExecRequest: &pb.ExecRequest{
		Id: id, Function: function, Codec: codec, Payload: payload,
	}}}
}

// A plugin with these handlers, mounted on a core that says what the test wants.
func mountOn(t *testing.T, core *fakeCore, options Options) (*Plugin, *fakeStream) {
	t.Helper()
	options.Name, options.Version = "test", "1.0.0"
	options.Reconnect.Initial = time.Millisecond
	plugin, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	if err := plugin.Mount(t.Context(), MountOptions{Address: core.address, Token: StaticToken("secret")}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 0)
		defer cancel()
		_ = plugin.Unmount(ctx, "test over")
	})
	return plugin, receive(t, core.streams, "a mount")
}
