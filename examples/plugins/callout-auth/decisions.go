package calloutauth

import (
	"container/list"
	"crypto/sha256"
	"encoding/binary"
	"sync"
	"time"
)

// outcome is how asking the service ended.
type outcome int

const (
	// failed: there is no decision.
	failed outcome = iota
	// timedOut: there is no decision yet.
	timedOut
	// abandoned: the request that asked is gone; somebody else has to ask.
	abandoned
	// allowed: the service said yes.
	allowed
	// denied: the service said no.
	denied
)

// A verdict is what came of asking the service, with copies of all that is kept of its answer.
type verdict struct {
	outcome outcome
	// status is the service's, when denied.
	status uint32
	// headers are those for the upstream, when allowed, or for the client, when denied.
	headers [][2]string
}

// A key stands for everything that a callout says. It is a hash, so that no credentials are kept.
type key [sha256.Size]byte

// keyOf makes the key of a callout's headers. Each text goes in with its length: no two lists of
// headers run together into the same bytes.
func keyOf(headers [][2]string) key {
	hash := sha256.New()
	for _, header := range headers {
		for _, text := range header {
			var length [8]byte
			binary.BigEndian.PutUint64(length[:], uint64(len(text)))
			hash.Write(length[:])
			hash.Write([]byte(text))
		}
	}
	return key(hash.Sum(nil))
}

// A flight is a callout under way, which several requests may wait for.
type flight struct {
	key key
	// landed is closed when verdict is there.
	landed  chan struct{}
	verdict verdict
}

// decisions remembers what the service decided and which callouts are under way. All of Envoy's
// threads share it.
type decisions struct {
	ttl        time.Duration
	maxEntries int
	now        func() time.Time

	mutex   sync.Mutex
	flights map[key]*flight
	entries map[key]*list.Element // of *entry
	byAge   *list.List            // of *entry, the newest first; all live equally long
}

type entry struct {
	key     key
	verdict verdict
	expires time.Time
}

func newDecisions(config *Config, now func() time.Time) *decisions {
	return &decisions{
		ttl:        config.cacheTTL(),
		maxEntries: config.CacheMaxEntries,
		now:        now,
		flights:    make(map[key]*flight),
		entries:    make(map[key]*list.Element),
		byAge:      list.New(),
	}
}

// lookUp gives the decision that is remembered, or else the flight to wait for. The caller must
// make the callout when it leads, and end the flight with land, however that goes.
func (d *decisions) lookUp(k key) (known *verdict, waitFor *flight, leads bool) {
	if d.ttl == 0 {
		// Nothing is to be remembered, so that every request asks for itself.
		return nil, &flight{key: k, landed: make(chan struct{})}, true
	}
	d.mutex.Lock()
	defer d.mutex.Unlock()
	now := d.now()
	for oldest := d.byAge.Back(); oldest != nil && !now.Before(oldest.Value.(*entry).expires); oldest = d.byAge.Back() {
		d.drop(oldest)
	}
	if element, ok := d.entries[k]; ok {
		v := element.Value.(*entry).verdict
		return &v, nil, false
	}
	if under, ok := d.flights[k]; ok {
		return nil, under, false
	}
	f := &flight{key: k, landed: make(chan struct{})}
	d.flights[k] = f
	return nil, f, true
}

// land ends a flight and wakes those who wait for it. Only decisions are remembered.
func (d *decisions) land(f *flight, v verdict) {
	if d.ttl > 0 {
		d.mutex.Lock()
		delete(d.flights, f.key)
		if v.outcome == allowed || v.outcome == denied {
			if len(d.entries) >= d.maxEntries {
				d.drop(d.byAge.Back())
			}
			d.entries[f.key] = d.byAge.PushFront(&entry{key: f.key, verdict: v, expires: d.now().Add(d.ttl)})
		}
		d.mutex.Unlock()
	}
	f.verdict = v
	close(f.landed)
}

func (d *decisions) drop(element *list.Element) {
	delete(d.entries, element.Value.(*entry).key)
	d.byAge.Remove(element)
}
