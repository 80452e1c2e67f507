package main

import (
	"math"
	"testing"
)

func TestDivideRefusesZero(t *testing.T) {
	if _, err := (handlers{}).Divide(nil, DivideArgs{A: 1}); err == nil || err.Error() != "division by zero" {
		t.Fatalf("got %v", err)
	}
}

func TestAddWrapsLikeInt64(t *testing.T) {
	result, err := (handlers{}).Add(nil, AddArgs{A: math.MaxInt64, B: 1})
	if err != nil || result.Sum != math.MinInt64 {
		t.Fatalf("got %v, %v", result, err)
	}
}

func TestIsPrime(t *testing.T) {
	for candidate, want := range map[int64]bool{2: true, 4: false, 97: true, 91: false} {
		if isPrime(candidate) != want {
			t.Errorf("isPrime(%d) is %t", candidate, !want)
		}
	}
}
