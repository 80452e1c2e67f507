package main

import (
	"errors"

	"envoygo.dev/pluginrpc"
)

type handlers struct{}

func (handlers) Add(_ *pluginrpc.Context, args AddArgs) (AddResult, error) {
	return AddResult{Sum: args.A + args.B}, nil
}

func (handlers) Divide(_ *pluginrpc.Context, args DivideArgs) (DivideResult, error) {
	if args.B == 0 {
		return DivideResult{}, errors.New("division by zero")
	}
	return DivideResult{Quotient: args.A / args.B}, nil
}

func (handlers) Primes(ctx *pluginrpc.Context, args PrimesArgs, part func(PrimesPart) error) (PrimesResult, error) {
	count := int32(0)
	for candidate := int64(2); candidate < int64(args.Below); candidate++ {
		if !isPrime(candidate) {
			continue
		}
		count++
		if err := part(PrimesPart{Prime: candidate}); err != nil {
			return PrimesResult{}, err
		}
	}
	ctx.Log.Info("primes found", "count", count)
	return PrimesResult{Count: count}, nil
}

func isPrime(candidate int64) bool {
	for factor := int64(2); factor*factor <= candidate; factor++ {
		if candidate%factor == 0 {
			return false
		}
	}
	return true
}
