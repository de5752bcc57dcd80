"""What XLA hands to a foreign function: the structures of its header ``xla/ffi/api/c_api.h``.

Only those that we read are here, up to their last field that we read.  XLA adds fields at the end
of its structures; so each of them has its size in front, and may be longer than it is here.
"""

from __future__ import annotations

from ctypes import CFUNCTYPE, POINTER, Structure, c_int, c_int64, c_size_t, c_void_p, sizeof

VERSIONS = {(0, 1), (0, 2), (0, 3)}
"""Versions of the interface in which what is here is as it is here."""

METADATA = 1
"""The extension that asks what version of the interface a handler was made for."""

HANDLER = CFUNCTYPE(c_void_p, c_void_p)
"""``error = handler(frame)``; no error is 0."""


class Extension(Structure):
    """``XLA_FFI_Extension_Base``, and what follows where it asks for metadata."""

    _fields_ = (
        ("struct_size", c_size_t),
        ("type", c_int),
        ("next", c_void_p),
        ("metadata", c_void_p),
    )


class Version(Structure):
    """``XLA_FFI_Api_Version``."""

    _fields_ = (
        ("struct_size", c_size_t),
        ("extension_start", c_void_p),
        ("major_version", c_int),
        ("minor_version", c_int),
    )


class Metadata(Structure):
    """``XLA_FFI_Metadata``."""

    _fields_ = (("struct_size", c_size_t), ("api_version", Version))


class Api(Structure):
    """``XLA_FFI_Api``: what XLA's runtime can be asked to do."""

    _fields_ = (
        ("struct_size", c_size_t),
        ("extension_start", c_void_p),
        ("api_version", Version),
        ("internal_api", c_void_p),
        ("error_create", c_void_p),
        ("error_get_message", c_void_p),
        ("error_destroy", c_void_p),
        ("handler_register", c_void_p),
        ("stream_get", c_void_p),
        ("type_register", c_void_p),
        ("execution_context_get", c_void_p),
        ("state_set", c_void_p),
        ("state_get", c_void_p),
        ("device_memory_allocate", c_void_p),
        ("device_memory_free", c_void_p),
        ("thread_pool_schedule", c_void_p),
        ("thread_pool_num_threads", c_void_p),
    )


class Buffers(Structure):
    """``XLA_FFI_Args`` and ``XLA_FFI_Rets``: so many pointers to buffers."""

    _fields_ = (
        ("struct_size", c_size_t),
        ("extension_start", c_void_p),
        ("size", c_int64),
        ("types", c_void_p),
        ("buffers", c_void_p),
    )


class Buffer(Structure):
    """``XLA_FFI_Buffer``: an array."""

    _fields_ = (
        ("struct_size", c_size_t),
        ("extension_start", c_void_p),
        ("dtype", c_int),
        ("data", c_void_p),
        ("rank", c_int64),
        ("dims", c_void_p),
    )


class CallFrame(Structure):
    """``XLA_FFI_CallFrame``: all about one call."""

    _fields_ = (
        ("struct_size", c_size_t),
        ("extension_start", c_void_p),
        ("api", POINTER(Api)),
        ("ctx", c_void_p),
        ("stage", c_int),
        ("args", Buffers),
        ("rets", Buffers),
    )


class Schedule(Structure):
    """``XLA_FFI_ThreadPool_Schedule_Args``: a task for XLA's threads."""

    _fields_ = (
        ("struct_size", c_size_t),
        ("extension_start", c_void_p),
        ("ctx", c_void_p),
        ("task", c_void_p),
        ("data", c_void_p),
    )


class NumThreads(Structure):
    """``XLA_FFI_ThreadPool_NumThreads_Args``: how many threads XLA has."""

    _fields_ = (
        ("struct_size", c_size_t),
        ("extension_start", c_void_p),
        ("ctx", c_void_p),
        ("num_threads", c_void_p),
    )


class ErrorDestroy(Structure):
    """``XLA_FFI_Error_Destroy_Args``: an error that nobody is interested in."""

    _fields_ = (
        ("struct_size", c_size_t),
        ("extension_start", c_void_p),
        ("error", c_void_p),
    )


def unknown(frame: CallFrame) -> str | None:
    """What about a call is not as it is here; None if nothing is."""
    for structure, size in ((CallFrame, frame.struct_size), (Api, frame.api.contents.struct_size)):
        if size < sizeof(structure):
            return f"XLA's {structure.__name__} has {size} bytes"
    version = frame.api.contents.api_version
    if (version.major_version, version.minor_version) not in VERSIONS:
        return f"version {version.major_version}.{version.minor_version} of XLA's FFI"
    return None


def answer(frame: CallFrame) -> None:
    """Answer a question for metadata: that the handler was made for this version."""
    asked = Extension.from_address(frame.extension_start)
    if asked.type == METADATA:
        version = frame.api.contents.api_version
        told = Metadata.from_address(asked.metadata).api_version
        told.major_version, told.minor_version = version.major_version, version.minor_version
