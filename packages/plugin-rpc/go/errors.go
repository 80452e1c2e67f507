package pluginrpc

import (
	"errors"
	"fmt"

	"envoygo.dev/pluginrpc/pluginrpcpb"
)

// Error is why a mount or a call did not work, as it goes over the wire. Compare with
// errors.Is against the Err… values: only the code counts.
type Error struct {
	Code    pluginrpcpb.ErrorCode
	Message string
}

func (e *Error) Error() string {
	return e.Message
}

// Is says whether the target is an Error with the same code.
func (e *Error) Is(target error) bool {
	other, ok := target.(*Error)
	return ok && other.Code == e.Code
}

// One value a code, to be used with errors.Is.
var (
	// Of mounts.
	ErrWrongToken       = kind(pluginrpcpb.ErrorCode_ERROR_CODE_WRONG_TOKEN, "wrong token")
	ErrExpiredToken     = kind(pluginrpcpb.ErrorCode_ERROR_CODE_EXPIRED_TOKEN, "expired token")
	ErrDuplicatePlugin  = kind(pluginrpcpb.ErrorCode_ERROR_CODE_DUPLICATE_PLUGIN, "duplicate plugin")
	ErrMissingFunction  = kind(pluginrpcpb.ErrorCode_ERROR_CODE_MISSING_FUNCTION, "missing function")
	ErrUnknownInterface = kind(pluginrpcpb.ErrorCode_ERROR_CODE_UNKNOWN_INTERFACE, "unknown interface")
	ErrProtocolVersion  = kind(pluginrpcpb.ErrorCode_ERROR_CODE_PROTOCOL_VERSION, "no protocol version in common")
	ErrInvalidMount     = kind(pluginrpcpb.ErrorCode_ERROR_CODE_INVALID_MOUNT, "invalid mount request")
	ErrMountRefused     = kind(pluginrpcpb.ErrorCode_ERROR_CODE_REFUSED, "mount refused")
	ErrCoreClosing      = kind(pluginrpcpb.ErrorCode_ERROR_CODE_CLOSING, "core is closing")

	// Of calls.
	ErrUnknownFunction = kind(pluginrpcpb.ErrorCode_ERROR_CODE_UNKNOWN_FUNCTION, "unknown function")
	ErrUnknownCodec    = kind(pluginrpcpb.ErrorCode_ERROR_CODE_UNKNOWN_CODEC, "unknown codec")
	ErrWrongType       = kind(pluginrpcpb.ErrorCode_ERROR_CODE_WRONG_TYPE, "wrong type")
	ErrPayloadTooLarge = kind(pluginrpcpb.ErrorCode_ERROR_CODE_PAYLOAD_TOO_LARGE, "payload too large")
	ErrHandler         = kind(pluginrpcpb.ErrorCode_ERROR_CODE_HANDLER, "handler failed")
	ErrTimeout         = kind(pluginrpcpb.ErrorCode_ERROR_CODE_TIMEOUT, "call timed out")
	ErrCancelled       = kind(pluginrpcpb.ErrorCode_ERROR_CODE_CANCELLED, "call cancelled")
	ErrPluginGone      = kind(pluginrpcpb.ErrorCode_ERROR_CODE_PLUGIN_GONE, "the other side is gone")
	ErrPluginNotFound  = kind(pluginrpcpb.ErrorCode_ERROR_CODE_PLUGIN_NOT_FOUND, "plugin not found")
	ErrBusy            = kind(pluginrpcpb.ErrorCode_ERROR_CODE_BUSY, "too many calls wait")
)

func kind(code pluginrpcpb.ErrorCode, message string) *Error {
	return &Error{Code: code, Message: message}
}

func errorf(of *Error, format string, args ...any) *Error {
	return &Error{Code: of.Code, Message: fmt.Sprintf(format, args...)}
}

// Codes that a handler's own use of its Context may fail with. Others, say the timeout of
// a call that the handler made itself, would be mistaken for this call's.
func failureCode(err error) pluginrpcpb.ErrorCode {
	var own *Error
	if errors.As(err, &own) {
		switch own.Code {
		case ErrUnknownFunction.Code, ErrUnknownCodec.Code, ErrWrongType.Code, ErrPayloadTooLarge.Code:
			return own.Code
		}
	}
	return ErrHandler.Code
}

// A code that is not known reads as HANDLER in a Failure and as REFUSED in a MountResult.
func knownCode(code pluginrpcpb.ErrorCode, otherwise *Error) pluginrpcpb.ErrorCode {
	if _, ok := pluginrpcpb.ErrorCode_name[int32(code)]; !ok || code == 0 {
		return otherwise.Code
	}
	return code
}
