"""Messages of the rollout protocol, version 1: frames, header, arrays, types."""

from .codec import Message, decode_message, encode_message
from .limits import DEFAULT_LIMITS, PROTOCOL_VERSION, SUPPORTED_VERSIONS, MessageLimits

__all__ = [
    "DEFAULT_LIMITS",
    "PROTOCOL_VERSION",
    "SUPPORTED_VERSIONS",
    "Message",
    "MessageLimits",
    "decode_message",
    "encode_message",
]
