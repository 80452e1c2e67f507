package localratelimit

import (
	"container/list"
	"crypto/sha256"
	"math"
	"strings"
	"sync"
	"time"
)

// longKey is the length in bytes from which a key is remembered by its hash, so that clients
// cannot make the limiter keep long texts.
const longKey = 128

// A limiter holds a token bucket for each key: it fills at a steady rate up to burst, and a
// request takes one token. All of Envoy's threads share it.
//
// A bucket that has filled up again is as good as none, so buckets are kept in the order of their
// last use and the full ones at the end of it are dropped. When there are still too many, the one
// unused for longest makes room.
type limiter struct {
	perSecond float64
	burst     float64
	maxKeys   int
	now       func() time.Time

	mutex   sync.Mutex
	buckets map[string]*list.Element // of *bucket
	byUse   *list.List               // of *bucket, last used first
}

type bucket struct {
	key    string
	tokens float64
	filled time.Time
}

// A decision says what a request may do and what to tell its client.
type decision struct {
	allowed bool
	// remaining is how many requests the client could send right now.
	remaining int
	// retryAfter is the time until the client may send one more; zero when it may now.
	retryAfter time.Duration
	// reset is the time until the client has its whole burst again.
	reset time.Duration
	// evicted says that the limiter forgot a client that was still using its limit up.
	evicted bool
}

func newLimiter(config *Config, now func() time.Time) *limiter {
	return &limiter{
		perSecond: float64(config.Requests) / config.PerSeconds,
		burst:     float64(config.Burst),
		maxKeys:   config.MaxKeys,
		now:       now,
		buckets:   make(map[string]*list.Element),
		byUse:     list.New(),
	}
}

// take takes a token from the key's bucket if it has one. The key may alias Envoy's memory.
func (l *limiter) take(key string) decision {
	if len(key) >= longKey {
		sum := sha256.Sum256([]byte(key))
		key = string(sum[:])
	}
	l.mutex.Lock()
	defer l.mutex.Unlock()
	now := l.now()

	var evicted bool
	element, known := l.buckets[key]
	if known {
		l.byUse.MoveToFront(element)
	} else {
		evicted = l.makeRoom(now)
		key = strings.Clone(key)
		element = l.byUse.PushFront(&bucket{key: key, tokens: l.burst, filled: now})
		l.buckets[key] = element
	}
	b := element.Value.(*bucket)
	l.fill(b, now)

	result := decision{allowed: b.tokens >= 1, evicted: evicted}
	if result.allowed {
		b.tokens--
	}
	result.remaining = int(b.tokens)
	result.reset = l.timeFor(l.burst - b.tokens)
	if b.tokens < 1 {
		result.retryAfter = l.timeFor(1 - b.tokens)
	}
	return result
}

// fill adds what the bucket has gained since it was last filled.
func (l *limiter) fill(b *bucket, now time.Time) {
	if elapsed := now.Sub(b.filled); elapsed > 0 {
		b.tokens = min(l.burst, b.tokens+elapsed.Seconds()*l.perSecond)
		b.filled = now
	}
	// What is less than a millionth short of a token is a matter of rounding.
	if whole := math.Round(b.tokens); math.Abs(whole-b.tokens) < 1e-6 {
		b.tokens = whole
	}
}

// makeRoom drops buckets that are full again, a few at a time, and then, if there is no room for
// one more, the one unused for longest. It says whether that one was still in use.
func (l *limiter) makeRoom(now time.Time) bool {
	for range 2 {
		oldest := l.byUse.Back()
		if oldest == nil {
			return false
		}
		b := oldest.Value.(*bucket)
		l.fill(b, now)
		if b.tokens < l.burst {
			break
		}
		l.drop(oldest)
	}
	if len(l.buckets) < l.maxKeys {
		return false
	}
	l.drop(l.byUse.Back())
	return true
}

func (l *limiter) drop(element *list.Element) {
	delete(l.buckets, element.Value.(*bucket).key)
	l.byUse.Remove(element)
}

// timeFor is how long the bucket takes to gain the tokens.
func (l *limiter) timeFor(tokens float64) time.Duration {
	return time.Duration(max(tokens, 0) / l.perSecond * float64(time.Second))
}
