package localratelimit

import (
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"
)

// clock is a time that the test moves.
type clock struct{ nanoseconds atomic.Int64 }

func (c *clock) now() time.Time          { return time.Unix(1_700_000_000, c.nanoseconds.Load()) }
func (c *clock) advance(d time.Duration) { c.nanoseconds.Add(int64(d)) }

func limiterAt(c *clock, requests int, perSeconds float64, burst, maxKeys int) *limiter {
	return newLimiter(&Config{Requests: requests, PerSeconds: perSeconds, Burst: burst, MaxKeys: maxKeys}, c.now)
}

func TestBucketGivesItsBurstThenItsRate(t *testing.T) {
	var c clock
	l := limiterAt(&c, 10, 1, 3, 10)
	for i, remaining := range []int{2, 1, 0} {
		if d := l.take("a"); !d.allowed || d.remaining != remaining {
			t.Fatalf("request %d: %+v, want allowed with %d remaining", i+1, d, remaining)
		}
	}
	if d := l.take("a"); d.allowed || d.retryAfter != 100*time.Millisecond || d.reset != 300*time.Millisecond {
		t.Fatalf("after the burst: %+v, want 100 ms to wait, 300 ms until full", d)
	}
	c.advance(99 * time.Millisecond)
	if d := l.take("a"); d.allowed {
		t.Fatal("allowed before a token was back")
	}
	c.advance(time.Millisecond)
	if d := l.take("a"); !d.allowed {
		t.Fatalf("refused when a token was back: %+v", d)
	}
	c.advance(time.Hour)
	if d := l.take("a"); !d.allowed || d.remaining != 2 {
		t.Fatalf("after an hour: %+v, want no more than the burst", d)
	}
}

func TestBucketTakesNoHarmFromAClockThatStepsBack(t *testing.T) {
	var c clock
	l := limiterAt(&c, 1, 1, 1, 10)
	l.take("a")
	c.advance(-time.Hour)
	if l.take("a").allowed {
		t.Fatal("a step back gave a token")
	}
	c.advance(time.Hour + time.Second)
	if !l.take("a").allowed {
		t.Fatal("the client stays locked out")
	}
}

func TestKeysHaveBucketsOfTheirOwn(t *testing.T) {
	var c clock
	l := limiterAt(&c, 1, 60, 1, 10)
	if !l.take("a").allowed || !l.take("b").allowed {
		t.Fatal("one key used up the other's bucket")
	}
	if l.take("a").allowed || l.take("b").allowed {
		t.Fatal("a key got more than its bucket")
	}
}

func TestMemoryIsBoundedByMaxKeys(t *testing.T) {
	var c clock
	l := limiterAt(&c, 1, 60, 1, 3)
	evicted := 0
	for i := range 100 {
		if l.take(strconv.Itoa(i)).evicted {
			evicted++
		}
	}
	if len(l.buckets) != 3 || l.byUse.Len() != 3 || evicted != 97 {
		t.Fatalf("%d buckets, %d in the list, %d evicted", len(l.buckets), l.byUse.Len(), evicted)
	}
	if l.take("99").allowed {
		t.Error("the last key was forgotten")
	}
	if !l.take("0").allowed {
		t.Error("the key unused for longest was kept")
	}
}

func TestAKeyInUseIsNotTheOneThatMakesRoom(t *testing.T) {
	var c clock
	l := limiterAt(&c, 1, 60, 1, 2)
	l.take("busy")
	l.take("other")
	l.take("busy")
	l.take("new")
	if l.take("busy").allowed {
		t.Error("the busy key was forgotten and got a new bucket")
	}
}

func TestFullBucketsAreDroppedWithoutBeingCounted(t *testing.T) {
	var c clock
	l := limiterAt(&c, 1, 1, 1, 1000)
	for i := range 500 {
		l.take(strconv.Itoa(i))
	}
	c.advance(time.Minute)
	for i := range 300 {
		if l.take("again" + strconv.Itoa(i)).evicted {
			t.Fatal("counted a full bucket as evicted")
		}
	}
	if len(l.buckets) != 300 {
		t.Errorf("%d buckets, want only the 300 in use", len(l.buckets))
	}
}

func TestLongKeysAreRememberedByTheirHash(t *testing.T) {
	var c clock
	l := limiterAt(&c, 1, 60, 1, 10)
	long := strings.Repeat("k", 10_000)
	if !l.take(long).allowed || l.take(long).allowed || !l.take(long+"2").allowed {
		t.Error("long keys share a bucket, or have none")
	}
	for key := range l.buckets {
		if len(key) >= longKey {
			t.Errorf("a key of %d bytes was kept", len(key))
		}
	}
}

func TestKeysShareNoMemoryWithEnvoy(t *testing.T) {
	var c clock
	l := limiterAt(&c, 1, 60, 1, 10)
	memory := []byte("client")
	l.take(unsafe.String(&memory[0], len(memory)))
	clear(memory)
	if l.take("client").allowed {
		t.Error("the key changed with Envoy's memory")
	}
}

func TestThreadsTogetherGetTheBurstAndNoMore(t *testing.T) {
	var c clock
	l := limiterAt(&c, 1, 60, 500, 1000)
	var allowed atomic.Int64
	var threads sync.WaitGroup
	for range 8 {
		threads.Go(func() {
			for i := range 200 {
				if l.take("a").allowed {
					allowed.Add(1)
				}
				l.take(strconv.Itoa(i))
			}
		})
	}
	threads.Wait()
	if allowed.Load() != 500 {
		t.Errorf("%d allowed, want the burst of 500", allowed.Load())
	}
}

func BenchmarkTake(b *testing.B) {
	l := newLimiter(&Config{Requests: 1000, PerSeconds: 1, Burst: 1000, MaxKeys: 10_000}, time.Now)
	keys := make([]string, 20_000)
	for i := range keys {
		keys[i] = strconv.Itoa(i)
	}
	b.RunParallel(func(pb *testing.PB) {
		for i := 0; pb.Next(); i++ {
			l.take(keys[i%len(keys)])
		}
	})
}
