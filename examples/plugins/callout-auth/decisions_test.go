package calloutauth

import (
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestThreadsMakeOneCalloutForEachQuestion(t *testing.T) {
	d := newDecisions(&Config{CacheTTLSeconds: 60, CacheMaxEntries: 1000}, time.Now)
	var callouts, answered atomic.Int64
	var threads sync.WaitGroup
	for range 8 {
		threads.Go(func() {
			for i := range 100 {
				known, waitFor, leads := d.lookUp(keyOf([][2]string{{"question", strconv.Itoa(i)}}))
				if leads {
					callouts.Add(1)
					d.land(waitFor, verdict{outcome: allowed, status: uint32(i)})
				}
				if known == nil {
					<-waitFor.landed
					known = &waitFor.verdict
				}
				if known.outcome == allowed && known.status == uint32(i) {
					answered.Add(1)
				}
			}
		})
	}
	threads.Wait()
	if callouts.Load() != 100 || answered.Load() != 800 {
		t.Errorf("%d callouts for 100 questions, %d of 800 answered rightly", callouts.Load(), answered.Load())
	}
	if len(d.flights) != 0 || len(d.entries) != 100 || d.byAge.Len() != 100 {
		t.Errorf("%d flights, %d and %d entries left", len(d.flights), len(d.entries), d.byAge.Len())
	}
}

func TestExpiredDecisionsAreDropped(t *testing.T) {
	var c clock
	d := newDecisions(&Config{CacheTTLSeconds: 60, CacheMaxEntries: 1000}, c.now)
	for i := range 100 {
		_, f, _ := d.lookUp(keyOf([][2]string{{"question", strconv.Itoa(i)}}))
		d.land(f, verdict{outcome: denied, status: 403})
	}
	c.advance(time.Minute)
	d.lookUp(keyOf(nil))
	if len(d.entries) != 0 || d.byAge.Len() != 0 {
		t.Errorf("%d and %d entries left", len(d.entries), d.byAge.Len())
	}
}

func TestListsOfHeadersDoNotRunTogether(t *testing.T) {
	keys := map[key][][2]string{}
	for _, headers := range [][][2]string{
		nil, {{"", ""}}, {{"a", "b"}}, {{"ab", ""}}, {{"", "ab"}}, {{"a", ""}, {"b", ""}}, {{"a", "b"}, {"", ""}},
	} {
		k := keyOf(headers)
		if other, there := keys[k]; there {
			t.Errorf("%q and %q have one key", headers, other)
		}
		keys[k] = headers
	}
}
