// Measures hashicorp/go-plugin: a host that calls an echo in a plugin process over gRPC,
// 1 kB a call, with 1, 16 and 256 calls in flight. Prints one line of JSON.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

var handshake = plugin.HandshakeConfig{
	ProtocolVersion:  1,
	MagicCookieKey:   "BENCH_PLUGIN",
	MagicCookieValue: "echo",
}

const method = "/bench.Echo/Echo"

type echoPlugin struct{ plugin.NetRPCUnsupportedPlugin }

type echoServer interface {
	Echo(context.Context, *wrapperspb.BytesValue) (*wrapperspb.BytesValue, error)
}

type server struct{}

func (server) Echo(_ context.Context, in *wrapperspb.BytesValue) (*wrapperspb.BytesValue, error) {
	return in, nil
}

// What protoc-gen-go-grpc writes for one unary method.
var serviceDesc = grpc.ServiceDesc{
	ServiceName: "bench.Echo",
	HandlerType: (*echoServer)(nil),
	Methods: []grpc.MethodDesc{{
		MethodName: "Echo",
		Handler: func(srv any, ctx context.Context, decode func(any) error, interceptor grpc.UnaryServerInterceptor) (any, error) {
			in := new(wrapperspb.BytesValue)
			if err := decode(in); err != nil {
				return nil, err
			}
			if interceptor == nil {
				return srv.(echoServer).Echo(ctx, in)
			}
			info := &grpc.UnaryServerInfo{Server: srv, FullMethod: method}
			return interceptor(ctx, in, info, func(ctx context.Context, req any) (any, error) {
				return srv.(echoServer).Echo(ctx, req.(*wrapperspb.BytesValue))
			})
		},
	}},
}

func (echoPlugin) GRPCServer(_ *plugin.GRPCBroker, s *grpc.Server) error {
	s.RegisterService(&serviceDesc, server{})
	return nil
}

func (echoPlugin) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, c *grpc.ClientConn) (any, error) {
	return c, nil
}

var plugins = map[string]plugin.Plugin{"echo": echoPlugin{}}

type load struct {
	InFlight       int     `json:"inFlight"`
	CallsPerSecond float64 `json:"callsPerSecond"`
	P50Ms          float64 `json:"p50Ms"`
	P99Ms          float64 `json:"p99Ms"`
}

func measure(conn *grpc.ClientConn, inFlight int, seconds float64) (load, error) {
	payload := &wrapperspb.BytesValue{Value: make([]byte, 1024)}
	var mutex sync.Mutex
	var latencies []time.Duration
	var failed error
	var group sync.WaitGroup
	start := time.Now()
	until := start.Add(time.Duration(seconds * float64(time.Second)))
	for range inFlight {
		group.Go(func() {
			var own []time.Duration
			for now := time.Now(); now.Before(until); {
				out := new(wrapperspb.BytesValue)
				if err := conn.Invoke(context.Background(), method, payload, out); err != nil {
					mutex.Lock()
					failed = err
					mutex.Unlock()
					return
				}
				then := time.Now()
				own = append(own, then.Sub(now))
				now = then
			}
			mutex.Lock()
			latencies = append(latencies, own...)
			mutex.Unlock()
		})
	}
	group.Wait()
	elapsed := time.Since(start).Seconds()
	if failed != nil {
		return load{}, failed
	}
	slices.Sort(latencies)
	at := func(share float64) float64 {
		index := min(len(latencies)-1, int(float64(len(latencies))*share))
		return float64(latencies[index]) / float64(time.Millisecond)
	}
	return load{inFlight, float64(len(latencies)) / elapsed, at(0.5), at(0.99)}, nil
}

func run() error {
	seconds := 3.0
	if len(os.Args) > 1 {
		parsed, err := strconv.ParseFloat(os.Args[1], 64)
		if err != nil {
			return fmt.Errorf("seconds: %w", err)
		}
		seconds = parsed
	}
	client := plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig:  handshake,
		Plugins:          plugins,
		Cmd:              exec.Command(os.Args[0], "plugin"),
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		Logger:           hclog.NewNullLogger(),
	})
	defer client.Kill()
	protocol, err := client.Client()
	if err != nil {
		return err
	}
	raw, err := protocol.Dispense("echo")
	if err != nil {
		return err
	}
	conn := raw.(*grpc.ClientConn)
	var loads []load
	for _, inFlight := range []int{1, 16, 256} {
		if _, err := measure(conn, inFlight, seconds/3); err != nil {
			return err
		}
		result, err := measure(conn, inFlight, seconds)
		if err != nil {
			return err
		}
		loads = append(loads, result)
	}
	return json.NewEncoder(os.Stdout).Encode(loads)
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "plugin" {
		plugin.Serve(&plugin.ServeConfig{
			HandshakeConfig: handshake,
			Plugins:         plugins,
			GRPCServer:      plugin.DefaultGRPCServer,
			Logger:          hclog.NewNullLogger(),
		})
		return
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
