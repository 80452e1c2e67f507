package pluginrpc

import (
	"fmt"

	pb "envoygo.dev/pluginrpc/pluginrpcpb"
)

// A payload on its way out.
type segment struct {
	// Makes the frame that begins it.
	begin   func(piece []byte, more bool) *pb.Frame
	payload []byte
	// Parts cost window; requests and responses do not, only their chunks.
	costs bool
	// Called when its last frame was pulled, when it was written, or when it never will be.
	pulled, sent, dropped func()
}

// What this side still has to send for one call: in order, cut into chunks, and no more
// than the core's window.
type outflow struct {
	id       uint32
	segments []segment
	offset   int
	window   int64
	// Whether it stands in the line of those that can go on.
	inLine bool
}

// The next frame, or nil when there is none or the window is used up.
func (o *outflow) next() (frame *pb.Frame, finished *segment) {
	if len(o.segments) == 0 {
		return nil, nil
	}
	current := o.segments[0]
	begins := o.offset == 0
	costs := current.costs || !begins
	if costs && o.window <= 0 {
		return nil, nil
	}
	end := min(o.offset+chunkBytes, len(current.payload))
	piece, more := current.payload[o.offset:end], end < len(current.payload)
	if costs {
		o.window -= int64(len(piece) + frameCost)
	}
	if begins {
		frame = current.begin(piece, more)
	} else {
		frame = &pb.Frame{Body: &pb.Frame_Chunk{Chunk: &pb.Chunk{Id: o.id, Data: piece, More: more}}}
	}
	if more {
		o.offset = end
		return frame, nil
	}
	o.offset = 0
	o.segments = o.segments[1:]
	return frame, &current
}

// Forgets everything that was not sent.
func (o *outflow) drop() {
	segments := o.segments
	o.segments = nil
	for _, left := range segments {
		if left.dropped != nil {
			left.dropped()
		}
	}
}

// A payload put together again.
type whole struct {
	codec   string
	payload []byte
	cost    int64
	isPart  bool
}

// The core broke the protocol; the stream must end.
type violation struct{ message string }

func (v violation) Error() string { return v.message }

// So many bytes or more came, which is more than is taken.
type tooLarge struct{ size int }

func (t tooLarge) Error() string { return fmt.Sprintf("%d bytes or more", t.size) }

// What this side receives for one call: puts chunks together again and keeps the account of
// the window.
type inflow struct {
	id         uint32
	window     int64
	left       int64
	consumed   int64
	maxPayload int
	begun      *whole
}

func newInflow(id uint32, l limits) *inflow {
	return &inflow{id: id, window: l.window, left: l.window, maxPayload: l.maxPayload}
}

// Takes a frame that begins a payload. Gives the payload when it is whole.
func (i *inflow) begin(codec string, payload []byte, more, isPart bool) (*whole, error) {
	if i.begun != nil {
		return nil, violation{fmt.Sprintf("call %d began a payload before it ended the last", i.id)}
	}
	started := &whole{codec: codec, payload: payload, isPart: isPart}
	if isPart {
		if err := i.pay(len(payload)); err != nil {
			return nil, err
		}
		started.cost = int64(len(payload) + frameCost)
	}
	if len(payload) > i.maxPayload {
		return nil, tooLarge{len(payload)}
	}
	if !more {
		return started, nil
	}
	i.begun = started
	return nil, nil
}

func (i *inflow) add(data []byte, more bool) (*whole, error) {
	if i.begun == nil {
		return nil, violation{fmt.Sprintf("call %d sent a chunk of nothing", i.id)}
	}
	if err := i.pay(len(data)); err != nil {
		return nil, err
	}
	if size := len(i.begun.payload) + len(data); size > i.maxPayload {
		i.begun = nil
		return nil, tooLarge{size}
	}
	i.begun.payload = append(i.begun.payload, data...)
	i.begun.cost += int64(len(data) + frameCost)
	if more {
		return nil, nil
	}
	complete := i.begun
	i.begun = nil
	return complete, nil
}

// The cost of what is held of an incomplete payload; it counts as taken from now on.
func (i *inflow) takeCost() int64 {
	if i.begun == nil {
		return 0
	}
	cost := i.begun.cost
	i.begun.cost = 0
	return cost
}

// Says that so much was taken. Gives the credit to grant now; small amounts are saved up.
func (i *inflow) consume(cost int64) uint32 {
	i.consumed += cost
	if i.consumed*2 < i.window {
		return 0
	}
	credit := i.consumed
	i.consumed = 0
	i.left += credit
	return uint32(credit)
}

func (i *inflow) pay(size int) error {
	if i.left <= 0 {
		return violation{fmt.Sprintf("call %d sent more than its window of %d bytes", i.id, i.window)}
	}
	i.left -= int64(size + frameCost)
	return nil
}
