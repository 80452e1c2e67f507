package pluginrpc

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// State is a step of a plugin's life.
type State string

const (
	Dialing   State = "dialing"
	Mounting  State = "mounting"
	Mounted   State = "mounted"
	Lost      State = "lost"
	Unmounted State = "unmounted"
	ShutDown  State = "shut down"
)

// Function is what a plugin can be asked to do.
type Function struct {
	Handler Handler
	// Signature is what the code generator wrote; empty when there is none.
	Signature string
}

// Options describe a plugin.
type Options struct {
	Name string
	// Version makes the plugin unique on a core, together with the name.
	Version string
	// Interface is the one it implements, when that is not its name.
	Interface string
	Functions map[string]Function
	// Labels are a free description, e.g. zone or arch.
	Labels map[string]string
	// Codecs besides "map" and "bytes".
	Codecs []Codec
	// Concurrency is how many calls it takes at once; the core keeps others back. Default 16.
	Concurrency int
	// MaxPayloadBytes is the size of the largest arguments taken. Default 16 MiB.
	MaxPayloadBytes int
	// WindowBytes is what may be on the way to a slow reader, per call. Default 256 KiB.
	WindowBytes int
	// LogBufferLines are kept while the core does not read. Default 10,000.
	LogBufferLines int
	// Reconnect says how it comes back.
	Reconnect Reconnect
	// OnState hears what becomes of the plugin. It must return soon.
	OnState func(state State, reason string)
}

// Reconnect is how long to wait between attempts to reach the core. Each pause is drawn
// between half of what it could be and all of it.
type Reconnect struct {
	// Never: do not come back, and try to mount only once.
	Never bool
	// Initial is the first pause, default 200 ms. Each is twice the one before.
	Initial time.Duration
	// Max is the longest pause, default 30 s.
	Max time.Duration
}

// MountOptions say where and how to mount.
type MountOptions struct {
	// Address is HOST:PORT or unix:/PATH.
	Address string
	// Token is asked again for every mount, so that it may be rotated.
	Token func(ctx context.Context) (string, error)
	// TLS is the client's configuration, with a certificate for mutual TLS; see LoadTLS.
	// Without it the stream is not encrypted.
	TLS *tls.Config
	// Timeout is how long one attempt to connect and mount may take. Default 10 s.
	Timeout time.Duration
}

// StaticToken is a token that does not change.
func StaticToken(token string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return token, nil }
}

// LoadTLS reads PEM files: the authority that signed the core's certificate (empty: the
// system's), and for mutual TLS the plugin's own certificate and key. serverName is the name
// in the core's certificate when it is not the address.
func LoadTLS(caFile, certFile, keyFile, serverName string) (*tls.Config, error) {
	config := &tls.Config{ServerName: serverName, MinVersion: tls.VersionTLS12}
	if caFile != "" {
		pem, err := os.ReadFile(caFile)
		if err != nil {
			return nil, err
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s holds no certificate", caFile)
		}
	}
	if certFile != "" {
		certificate, err := tls.LoadX509KeyPair(certFile, keyFile)
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{certificate}
	}
	return config, nil
}

// Plugin dials a core, mounts, and answers calls until it unmounts.
type Plugin struct {
	// Log writes lines for the core's log hub; before the mount they wait.
	Log *Logger

	options Options
	limits  limits
	codecs  *registry
	logs    *logSender

	mu    sync.Mutex
	state State
	// Set while it is mounted or tries to be; ends both.
	leave        context.CancelFunc
	mountOptions MountOptions
	current      *mount
	// The core removed it: it does not come back.
	removed bool
	// Closed when it neither is mounted nor will be by itself.
	done chan struct{}
}

// New makes a plugin; Mount or Run takes it to a core.
func New(options Options) (*Plugin, error) {
	for name, function := range options.Functions {
		if function.Handler == nil {
			return nil, fmt.Errorf("the function %q of %s has no handler", name, options.Name)
		}
	}
	p := &Plugin{
		options: options,
		limits: limits{
			concurrency: defaultTo(options.Concurrency, defaultConcurrency),
			maxPayload:  defaultTo(options.MaxPayloadBytes, defaultMaxPayload),
			window:      int64(defaultTo(options.WindowBytes, defaultWindow)),
		},
		codecs: newRegistry(options.Codecs),
		logs:   newLogSender(defaultTo(options.LogBufferLines, 10_000)),
		state:  Unmounted,
	}
	p.Log = &Logger{sender: p.logs}
	return p, nil
}

func defaultTo[T int | time.Duration](value, otherwise T) T {
	if value == 0 {
		return otherwise
	}
	return value
}

// State is where it is in its life.
func (p *Plugin) State() State {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state
}

func (p *Plugin) String() string { return p.options.Name + "@" + p.options.Version }

// Run mounts, and serves until ctx is cancelled: then it unmounts and gives nil. It gives an
// error when the first mount is refused, and when the core sent the plugin away for good.
func (p *Plugin) Run(ctx context.Context, options MountOptions) error {
	if err := p.Mount(ctx, options); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	select {
	case <-ctx.Done():
		return p.Unmount(context.WithoutCancel(ctx), "it was told to stop")
	case <-p.Done():
		return errorf(ErrPluginGone, "%s is %s and does not come back", p, p.State())
	}
}

// Done is closed when the plugin, once mounted, neither is nor will be again by itself:
// it was unmounted, the core removed it, or it may not reconnect.
func (p *Plugin) Done() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.done
}

// Mount dials until the core is reached, and mounts. Afterwards, whenever the mount is lost,
// the plugin comes back by itself, with growing pauses and a fresh mount. ctx ends the
// attempts of this first mount only.
//
// It fails with one of the errors of mounts when the core refuses, and with ErrPluginGone
// when the core is not reached and the plugin may not reconnect.
func (p *Plugin) Mount(ctx context.Context, options MountOptions) error {
	if options.Token == nil {
		return errors.New("MountOptions.Token is missing; use StaticToken for one that does not change")
	}
	life, leave := context.WithCancel(context.WithoutCancel(ctx))
	p.mu.Lock()
	if p.leave != nil {
		defer p.mu.Unlock()
		leave()
		return fmt.Errorf("%s is %s already", p, p.state)
	}
	p.leave = leave
	p.mountOptions = options
	p.removed = false
	p.done = make(chan struct{})
	p.mu.Unlock()

	p.become(Dialing, "dialing "+options.Address)
	attempts, cancel := context.WithCancel(life)
	stop := context.AfterFunc(ctx, cancel)
	pauses := p.newPauses()
	for {
		mounted, err := p.mountOnce(attempts, life)
		if err == nil {
			stop()
			go p.supervise(life, mounted)
			return nil
		}
		if attempts.Err() == nil && !p.options.Reconnect.Never && isGone(err) && pauses.wait(attempts) {
			continue
		}
		stop()
		cancel()
		if ctx.Err() != nil {
			err = errors.Join(ctx.Err(), err)
		}
		p.over(Unmounted, err.Error())
		return err
	}
}

// Whether it is worth another attempt: anything that is no refusal.
func isGone(err error) bool {
	var refusal *Error
	return !errors.As(err, &refusal) || refusal.Code == ErrPluginGone.Code
}

// Comes back whenever the mount is lost.
func (p *Plugin) supervise(life context.Context, mounted *mount) {
	for {
		<-mounted.over
		p.mu.Lock()
		comesBack := (p.state == Lost || p.state == ShutDown) && !p.removed && !p.options.Reconnect.Never && life.Err() == nil
		p.mu.Unlock()
		if !comesBack {
			if life.Err() != nil {
				p.over(Unmounted, "it was unmounted")
			} else {
				p.over("", "")
			}
			return
		}
		pauses := p.newPauses()
		for mounted = nil; mounted == nil; {
			if !pauses.wait(life) {
				p.over(Unmounted, "it was unmounted")
				return
			}
			p.become(Dialing, "coming back")
			next, err := p.mountOnce(life, life)
			if err == nil {
				mounted = next
			} else if p.options.OnState != nil && life.Err() == nil {
				// Also a refusal: the old mount may not be gone yet, the token may be rotated.
				p.options.OnState(p.State(), err.Error())
			}
		}
	}
}

// Unmount leaves: the core sends nothing new, what runs is answered until ctx ends (at most
// 10 s), logs go out. It also ends attempts to mount.
func (p *Plugin) Unmount(ctx context.Context, reason string) error {
	p.mu.Lock()
	leave, current, done := p.leave, p.current, p.done
	p.mu.Unlock()
	if leave == nil {
		return nil
	}
	if current != nil {
		p.become(Unmounted, reason)
		current.unmount(ctx, reason)
	}
	leave()
	<-done
	return nil
}

// Call calls a function that the core offers. The deadline of ctx is the call's timeout.
//
// It fails with one of the errors of calls.
func (p *Plugin) Call(ctx context.Context, name string, args any, options ...CallOption) (*Payload, error) {
	p.mu.Lock()
	current, state := p.current, p.state
	p.mu.Unlock()
	if current == nil {
		return nil, errorf(ErrPluginGone, "%s is %s; it can call the core only while it is mounted", p, state)
	}
	return current.conversation.makeCall(ctx, name, args, options)
}

// What may follow a state.
var transitions = map[State][]State{
	Dialing:   {Mounting, Unmounted},
	Mounting:  {Mounted, Lost, Unmounted, ShutDown},
	Mounted:   {Lost, Unmounted, ShutDown},
	Lost:      {Dialing, Unmounted},
	ShutDown:  {Dialing, Unmounted},
	Unmounted: {Dialing},
}

// become goes on to a state, when that may follow.
func (p *Plugin) become(state State, reason string) bool {
	p.mu.Lock()
	changed := slices.Contains(transitions[p.state], state)
	if changed {
		p.state = state
	}
	p.mu.Unlock()
	if changed && p.options.OnState != nil {
		p.options.OnState(state, reason)
	}
	return changed
}

// It will not mount again by itself.
func (p *Plugin) over(state State, reason string) {
	if state != "" {
		p.become(state, reason)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.leave()
	p.leave = nil
	close(p.done)
}

type pauses struct {
	next, max time.Duration
}

func (p *Plugin) newPauses() *pauses {
	return &pauses{
		next: defaultTo(p.options.Reconnect.Initial, 200*time.Millisecond),
		max:  defaultTo(p.options.Reconnect.Max, 30*time.Second),
	}
}

// Waits, unless ctx ends first: then it gives false.
func (p *pauses) wait(ctx context.Context) bool {
	pause := min(p.next, p.max)
	p.next = min(2*pause, p.max)
	timer := time.NewTimer(time.Duration(float64(pause) * (0.5 + rand.Float64()/2)))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func target(address string) string {
	if strings.HasPrefix(address, "unix:") {
		return address
	}
	return "dns:///" + address
}
