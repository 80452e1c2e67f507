package pluginrpc

import (
	"context"
	"errors"
	"io"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	pb "envoygo.dev/pluginrpc/pluginrpcpb"
)

type communicate = grpc.BidiStreamingClient[pb.Envelope, pb.Envelope]

// One mount on a core: it begins with a connection and ends with it.
type mount struct {
	plugin       *Plugin
	conversation *conversation
	result       *pb.MountResult
	// Ends the stream and its connection.
	close func()
	// When something last came from the core, in nanoseconds since it began.
	lastSeen   atomic.Int64
	beganAt    time.Time
	finishLogs chan struct{}
	logsDone   chan struct{}
	finishOnce sync.Once
	endOnce    sync.Once
	over       chan struct{}
}

func (p *Plugin) connect() (*grpc.ClientConn, error) {
	transport := insecure.NewCredentials()
	if p.mountOptions.TLS != nil {
		transport = credentials.NewTLS(p.mountOptions.TLS)
	}
	return grpc.NewClient(target(p.mountOptions.Address),
		grpc.WithTransportCredentials(transport),
		grpc.WithDisableRetry(),
		grpc.WithDisableServiceConfig(),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxEnvelopeBytes)),
	)
}

// One attempt: attempt ends it, life ends the mount that comes of it.
func (p *Plugin) mountOnce(attempt, life context.Context) (*mount, error) {
	connection, err := p.connect()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(life)
	closeAll := func() {
		cancel()
		connection.Close()
	}
	timeout := defaultTo(p.mountOptions.Timeout, 10*time.Second)
	tooLong := time.AfterFunc(timeout, closeAll)
	stop := context.AfterFunc(attempt, closeAll)
	stream, result, rest, err := p.requestMount(ctx, connection)
	if !tooLong.Stop() && err != nil && attempt.Err() == nil {
		err = errorf(ErrPluginGone, "The core at %s did not take the mount within %s", p.mountOptions.Address, timeout)
	}
	if err == nil && !stop() {
		err = attempt.Err()
	}
	if err != nil {
		stop()
		closeAll()
		if p.become(Lost, err.Error()) {
			p.become(Dialing, "dialing "+p.mountOptions.Address+" again")
		}
		return nil, err
	}
	m := p.newMount(ctx, result, closeAll)
	m.start(ctx, stream, rest)
	return m, nil
}

// Sends the MountRequest and waits for the MountResult.
func (p *Plugin) requestMount(ctx context.Context, connection *grpc.ClientConn) (
	stream communicate, result *pb.MountResult, rest []*pb.Frame, err error,
) {
	stream, err = pb.NewPluginCoreClient(connection).Communicate(ctx)
	if err != nil {
		return nil, nil, nil, errorf(ErrPluginGone, "The core at %s could not be reached: %s", p.mountOptions.Address, status.Convert(err).Message())
	}
	token, err := p.mountOptions.Token(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	p.become(Mounting, "connected to "+p.mountOptions.Address)
	request := &pb.Frame{Body: &pb.Frame_MountRequest{MountRequest: p.mountRequest(token)}}
	// When this fails, Recv tells why.
	_ = stream.Send(&pb.Envelope{Frames: []*pb.Frame{request}})
	for {
		envelope, err := stream.Recv()
		if err != nil {
			return nil, nil, nil, errorf(ErrPluginGone, "The core ended the stream before it was mounted: %s", whyEnded(err))
		}
		for i, frame := range envelope.Frames {
			result := frame.GetMountResult()
			switch {
			case result == nil:
				continue
			case result.Code != 0:
				return nil, nil, nil, &Error{Code: knownCode(result.Code, ErrMountRefused), Message: result.Message}
			default:
				return stream, result, envelope.Frames[i+1:], nil
			}
		}
	}
}

func whyEnded(err error) string {
	if errors.Is(err, io.EOF) {
		return "the core ended the stream"
	}
	return status.Convert(err).Message()
}

func (p *Plugin) mountRequest(token string) *pb.MountRequest {
	functions := make([]*pb.Function, 0, len(p.options.Functions))
	for _, name := range slices.Sorted(maps.Keys(p.options.Functions)) {
		functions = append(functions, &pb.Function{Name: name, Signature: p.options.Functions[name].Signature})
	}
	return &pb.MountRequest{
		ProtocolMin:     protocolMin,
		ProtocolMax:     protocolMax,
		Token:           token,
		Name:            p.options.Name,
		Version:         p.options.Version,
		Interface:       p.options.Interface,
		Functions:       functions,
		Codecs:          p.codecs.names,
		Concurrency:     uint32(p.limits.concurrency),
		MaxPayloadBytes: uint32(p.limits.maxPayload),
		WindowBytes:     uint32(p.limits.window),
		Labels:          p.options.Labels,
	}
}

func (p *Plugin) newMount(ctx context.Context, result *pb.MountResult, closeAll func()) *mount {
	m := &mount{
		plugin:     p,
		result:     result,
		close:      closeAll,
		beganAt:    time.Now(),
		finishLogs: make(chan struct{}),
		logsDone:   make(chan struct{}),
		over:       make(chan struct{}),
	}
	m.conversation = newConversation(ctx, p, terms{
		limits: limits{
			concurrency: orDefault(result.Concurrency, peerConcurrency),
			maxPayload:  orDefault(result.MaxPayloadBytes, peerMaxPayload),
			window:      int64(orDefault(result.WindowBytes, peerWindow)),
		},
		functions: namesOf(result.Functions),
		codecs:    setOf(result.Codecs),
	})
	return m
}

// Serves until the mount is over. rest came together with the MountResult.
func (m *mount) start(ctx context.Context, stream communicate, rest []*pb.Frame) {
	p := m.plugin
	p.mu.Lock()
	p.current = m
	p.mu.Unlock()
	p.become(Mounted, "the core accepted it")
	go func() {
		if err := m.conversation.write(stream.Send); err != nil && !errors.Is(err, io.EOF) {
			m.end(whyEnded(err))
		}
	}()
	go m.read(stream, rest)
	go m.beat(ctx)
	go func() {
		defer close(m.logsDone)
		p.logs.run(ctx, p.connect, m.result, m.finishLogs)
	}()
}

func (m *mount) read(stream communicate, frames []*pb.Frame) {
	for {
		for _, frame := range frames {
			if err := m.take(frame); err != nil {
				m.end("the core broke the protocol: " + err.Error())
				return
			}
		}
		envelope, err := stream.Recv()
		if err != nil {
			m.end(whyEnded(err))
			return
		}
		m.lastSeen.Store(int64(time.Since(m.beganAt)))
		frames = envelope.Frames
	}
}

func (m *mount) take(frame *pb.Frame) error {
	shutdown := frame.GetShutdown()
	if shutdown == nil {
		return m.conversation.receive(frame)
	}
	state := ShutDown
	switch shutdown.Reason {
	case pb.ShutdownReason_SHUTDOWN_REASON_LOST, pb.ShutdownReason_SHUTDOWN_REASON_PROTOCOL_ERROR:
		state = Lost
	case pb.ShutdownReason_SHUTDOWN_REASON_REMOVED:
		m.plugin.mu.Lock()
		m.plugin.removed = true
		m.plugin.mu.Unlock()
	}
	m.plugin.become(state, shutdown.Message)
	return nil
}

// Beats, and watches for the core's own signs of life.
func (m *mount) beat(ctx context.Context) {
	interval := time.Duration(max(m.result.PingIntervalMs, 1)) * time.Millisecond
	timeout := time.Duration(m.result.PingTimeoutMs) * time.Millisecond
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for sequence := uint32(1); ; sequence++ {
		select {
		case <-ctx.Done():
			m.end("its connection was closed")
			return
		case <-ticker.C:
		}
		if silence := time.Since(m.beganAt) - time.Duration(m.lastSeen.Load()); timeout > 0 && silence > timeout {
			m.end("nothing came from the core for " + silence.Round(time.Millisecond).String())
			return
		}
		m.conversation.sendBeat(sequence)
	}
}

// Asks the core to let it go, and waits until it does or ctx ends.
func (m *mount) unmount(ctx context.Context, reason string) {
	grace := 10 * time.Second
	if deadline, ok := ctx.Deadline(); ok {
		grace = max(time.Until(deadline), 0)
	}
	// The core ends the log stream with the mount.
	m.finishOnce.Do(func() { close(m.finishLogs) })
	select {
	case <-m.logsDone:
	case <-m.over:
	case <-time.After(min(grace, time.Second)):
	}
	m.conversation.send(&pb.Frame{Body: &pb.Frame_UnmountRequest{UnmountRequest: &pb.UnmountRequest{
		Reason:  reason,
		Token:   m.result.Session,
		GraceMs: uint32(grace.Milliseconds()),
	}}})
	select {
	case <-m.over:
	case <-time.After(grace + time.Second):
		m.end("the core did not let it go in time")
	}
}

// The mount is over, whoever ended it.
func (m *mount) end(reason string) {
	m.endOnce.Do(func() {
		m.plugin.mu.Lock()
		m.plugin.current = nil
		m.plugin.mu.Unlock()
		m.conversation.close(reason)
		m.close()
		m.plugin.become(Lost, reason)
		close(m.over)
	})
}

func namesOf(functions []*pb.Function) map[string]bool {
	names := map[string]bool{}
	for _, function := range functions {
		names[function.Name] = true
	}
	return names
}

func setOf(codecs []string) map[string]bool {
	if len(codecs) == 0 {
		codecs = []string{"map", "bytes"}
	}
	names := map[string]bool{}
	for _, name := range codecs {
		names[name] = true
	}
	return names
}
