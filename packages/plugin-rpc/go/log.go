package pluginrpc

import (
	"context"
	"fmt"
	"sync"
	"time"
	"unicode/utf8"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	pb "envoygo.dev/pluginrpc/pluginrpcpb"
)

const (
	logBatchBytes = 32 * 1024
	logBatchLines = 256
	logLineCost   = 32
	maxLogMessage = 16 * 1024
	// All fields of a line together; what is beyond is left out.
	maxLogFields = 8 * 1024
	// Lines are gathered for so long before they are sent.
	logGather = 10 * time.Millisecond

	sessionMetadata = "plugin-session"
)

// Logger writes lines that go to the core's log hub. Fields come in pairs, as slog's do:
// a key, then its value.
type Logger struct {
	sender *logSender
	callID uint32
}

func (l *Logger) Debug(message string, fields ...any) {
	l.sender.write(pb.LogLevel_LOG_LEVEL_DEBUG, message, fields, l.callID)
}

func (l *Logger) Info(message string, fields ...any) {
	l.sender.write(pb.LogLevel_LOG_LEVEL_INFO, message, fields, l.callID)
}

func (l *Logger) Warn(message string, fields ...any) {
	l.sender.write(pb.LogLevel_LOG_LEVEL_WARN, message, fields, l.callID)
}

func (l *Logger) Error(message string, fields ...any) {
	l.sender.write(pb.LogLevel_LOG_LEVEL_ERROR, message, fields, l.callID)
}

// Lines on their way to the core: at most limit; the oldest make room. They go over the
// Log stream, on a connection of its own, so that they hold up no calls.
type logSender struct {
	limit int

	mu      sync.Mutex
	lowest  pb.LogLevel
	lines   []*pb.LogInfo
	dropped uint32
	// Lines that were taken but are not written yet.
	inFlight bool
	wake     chan struct{}
}

func newLogSender(limit int) *logSender {
	return &logSender{limit: limit, wake: make(chan struct{}, 1)}
}

func (s *logSender) write(level pb.LogLevel, message string, fields []any, callID uint32) {
	line := &pb.LogInfo{
		Level:   level,
		Message: shorten(message, maxLogMessage),
		TimeMs:  time.Now().UnixMilli(),
		CallId:  callID,
	}
	if len(fields) > 0 {
		line.Fields = fieldsOf(fields)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if level < s.lowest {
		return
	}
	if len(s.lines) >= s.limit {
		s.lines[0] = nil
		s.lines = s.lines[1:]
		s.dropped++
	}
	s.lines = append(s.lines, line)
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func fieldsOf(pairs []any) map[string]string {
	fields := make(map[string]string, len(pairs)/2)
	size := 0
	for i := 0; i < len(pairs); i += 2 {
		key, value := shorten(fmt.Sprint(pairs[i]), 256), ""
		if i+1 < len(pairs) {
			value = shorten(fmt.Sprint(pairs[i+1]), maxLogFields/2)
		}
		if size += len(key) + len(value); size > maxLogFields {
			break
		}
		fields[key] = value
	}
	return fields
}

func shorten(text string, limit int) string {
	text = validString(text)
	if len(text) <= limit {
		return text
	}
	text = text[:limit]
	for !utf8.ValidString(text) {
		text = text[:len(text)-1]
	}
	return text + "…"
}

// The next lines, or nil when there are none.
func (s *logSender) take() *pb.LogBatch {
	s.mu.Lock()
	defer s.mu.Unlock()
	bytes, end := 0, 0
	for end < len(s.lines) && end < logBatchLines && bytes < logBatchBytes {
		bytes += len(s.lines[end].Message) + logLineCost
		for key, value := range s.lines[end].Fields {
			bytes += len(key) + len(value)
		}
		end++
	}
	if end == 0 {
		return nil
	}
	batch := &pb.LogBatch{Lines: s.lines[:end:end], Dropped: s.dropped}
	s.lines = s.lines[end:]
	s.dropped = 0
	s.inFlight = true
	return batch
}

func (s *logSender) pending() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.lines) > 0 || s.inFlight
}

// Sends lines while the mount lasts. Closing finish sends what there is and waits until the
// core has read it.
func (s *logSender) run(ctx context.Context, connect func() (*grpc.ClientConn, error), result *pb.MountResult, finish <-chan struct{}) {
	s.mu.Lock()
	s.lowest = result.LogLevel
	s.mu.Unlock()
	finishing := false
	for !finishing {
		select {
		case <-ctx.Done():
			return
		case <-finish:
			finishing = true
		case <-s.wake:
			select {
			case <-time.After(logGather):
			case <-finish:
			case <-ctx.Done():
				return
			}
		}
		if !s.pending() {
			continue
		}
		again := s.sendAll(ctx, connect, result.Session, finish)
		if again && !finishing {
			select {
			case <-time.After(time.Second):
				s.rewake()
			case <-finish:
				finishing = true
			case <-ctx.Done():
				return
			}
		}
	}
}

func (s *logSender) rewake() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Opens the stream and sends lines until it breaks (then gives true) or finish is closed.
func (s *logSender) sendAll(ctx context.Context, connect func() (*grpc.ClientConn, error), session string, finish <-chan struct{}) bool {
	connection, err := connect()
	if err != nil {
		return true
	}
	defer connection.Close()
	stream, err := pb.NewPluginCoreClient(connection).Log(metadata.AppendToOutgoingContext(ctx, sessionMetadata, session))
	if err != nil {
		return true
	}
	for {
		for batch := s.take(); batch != nil; batch = s.take() {
			err := stream.Send(batch)
			s.sent()
			if err != nil {
				return true
			}
		}
		select {
		case <-finish:
			_, _ = stream.CloseAndRecv()
			return false
		default:
		}
		select {
		case <-s.wake:
			select {
			case <-time.After(logGather):
			case <-finish:
			case <-ctx.Done():
				return false
			}
		case <-finish:
		case <-stream.Context().Done():
			return ctx.Err() == nil
		}
	}
}

func (s *logSender) sent() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inFlight = false
}
