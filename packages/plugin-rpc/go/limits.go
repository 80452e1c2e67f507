package pluginrpc

const (
	protocolMin = 1
	protocolMax = 1

	// Payloads longer than this are split into chunks.
	chunkBytes = 64 * 1024
	// The largest envelope that is read.
	maxEnvelopeBytes = 512 * 1024
	// An envelope is closed once it holds this much.
	fullEnvelope = 128 * 1024
	// What a part or chunk costs beyond its own length, so that empty ones are not free.
	frameCost = 64
	// Longer messages of failures are cut: an error must fit into one frame.
	maxFailureMessage = 8 * 1024

	defaultConcurrency = 16
	defaultMaxPayload  = 16 * 1024 * 1024
	defaultWindow      = 256 * 1024

	// What a core that does not say is taken to have.
	peerConcurrency = 1
	peerMaxPayload  = 4 * 1024 * 1024
	peerWindow      = 256 * 1024

	maxQueued = 10_000
)

// What one side takes.
type limits struct {
	concurrency int
	maxPayload  int
	window      int64
}

// What is known of the core since the mount.
type terms struct {
	limits
	functions map[string]bool
	codecs    map[string]bool
}

func orDefault(value uint32, otherwise int) int {
	if value == 0 {
		return otherwise
	}
	return int(value)
}
