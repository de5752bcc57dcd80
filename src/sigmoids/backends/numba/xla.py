"""Compiled loops as foreign functions of XLA: on the memory and the threads that it gives.

A handler is called by XLA's runtime, without the interpreter's lock and on any thread.  It
computes short arrays by itself.  For a long one it asks XLA's threads for help, who claim chunks of
the array as the caller does.  XLA's threads may all be busy, even with callers who wait; so a
caller waits for chunks that a helper is at work on, and never for a helper to begin.  Who comes
late finds nothing to do, and what it looks at to see that is given back by the last who does.
"""

from __future__ import annotations

from ctypes import sizeof
from functools import cache
from typing import TYPE_CHECKING, Any

from numba import types

from sigmoids.backends.call_frame import (
    METADATA,
    Api,
    Buffer,
    CallFrame,
    ErrorDestroy,
    Extension,
    Metadata,
    NumThreads,
    Schedule,
    Version,
)
from sigmoids.backends.numba import kernels
from sigmoids.backends.numba.compile import compile_callback
from sigmoids.backends.numba.fingerprint import fingerprint
from sigmoids.backends.numba.inline import jit
from sigmoids.backends.numba.job import (
    BYTES,
    CHUNK,
    CLAIMED,
    DONE,
    HOLDERS,
    OTHER_TABLE,
    SEGMENT,
    SIZE,
    TABLE,
    work,
)
from sigmoids.backends.numba.memory import (
    add,
    allocate,
    call,
    call_for,
    give_way,
    load,
    load_int,
    look,
    on_stack,
    release,
    store,
    store_int,
)
from sigmoids.backends.numba.trampoline import make_trampoline

if TYPE_CHECKING:
    import numpy as np

    from sigmoids.spec import Accuracy, Function

CLAIM = 2**13
"""Elements that a thread claims at a time."""

WORTHWHILE = 2**14
"""Elements from which on it pays to ask for help; XLA's threads are quick to come."""

PATIENCE = 2**8
"""How often a caller looks whether the last chunks are done before it lets others run."""


def _offset(structure: Any, *names: str) -> int:
    """How many bytes from the beginning of a structure something in it is."""
    total = 0
    for name in names:
        total += getattr(structure, name).offset
        structure = dict(structure._fields_)[name]
    return total


EXTENSION = _offset(CallFrame, "extension_start")
API, CONTEXT = _offset(CallFrame, "api"), _offset(CallFrame, "ctx")
ARGS, RETS = _offset(CallFrame, "args", "buffers"), _offset(CallFrame, "rets", "buffers")
NUMBER_OF_ARGS = _offset(CallFrame, "args", "size")
NUMBER_OF_RETS = _offset(CallFrame, "rets", "size")
TYPE, ASKED = _offset(Extension, "type"), _offset(Extension, "metadata")
MAJOR, MINOR = Version.major_version.offset, Version.minor_version.offset
ASKED_VERSION, VERSION = _offset(Metadata, "api_version"), _offset(Api, "api_version")
DATA, RANK, DIMS = _offset(Buffer, "data"), _offset(Buffer, "rank"), _offset(Buffer, "dims")
SCHEDULE = _offset(Api, "thread_pool_schedule")
NUM_THREADS = _offset(Api, "thread_pool_num_threads")
DESTROY = _offset(Api, "error_destroy")
ASKED_CONTEXT, ANSWER = NumThreads.ctx.offset, NumThreads.num_threads.offset
SCHEDULED_CONTEXT, TASK, TASK_DATA = Schedule.ctx.offset, Schedule.task.offset, Schedule.data.offset
ERROR = ErrorDestroy.error.offset
SCHEDULE_SIZE, NUM_THREADS_SIZE = sizeof(Schedule), sizeof(NumThreads)
DESTROY_SIZE = sizeof(ErrorDestroy)


def _help(job: Any) -> None:
    """What XLA's threads do when they come."""
    work(job)
    _let_go(job)


def _handle(frame: Any, segment: Any, helper: Any, table: Any, other_table: Any) -> Any:
    """Compute what a call's frame says, by a compiled loop."""
    extension = load(frame + EXTENSION)
    if extension != 0:
        _answer(frame, extension)
        return 0
    here = on_stack(BYTES)
    _describe(here, frame)
    store(here + SEGMENT, segment)
    store(here + CHUNK, CLAIM)
    store(here + TABLE, table)
    store(here + OTHER_TABLE, other_table)
    size = load(here + SIZE)
    helpers = min(_threads(frame) - 1, (size - 1) // CLAIM) if size >= WORTHWHILE else 0
    job = _kept(here) if helpers > 0 else 0
    if job == 0:
        call_for(segment, here, 0, size)
        return 0
    for _ in range(helpers):
        add(job + HOLDERS, 1)
        if not _schedule(frame, helper, job):
            add(job + HOLDERS, -1)
            break
    work(job)
    looks = 0
    while look(job + DONE) < size:
        looks += 1
        if looks > PATIENCE:
            give_way()
    _let_go(job)
    return 0


@jit
def _answer(frame: Any, extension: Any) -> None:
    """That the handler was made for this very version; whether it was is seen to in Python."""
    if load_int(extension + TYPE) == METADATA:
        asked = load(extension + ASKED) + ASKED_VERSION
        version = load(frame + API) + VERSION
        store_int(asked + MAJOR, load_int(version + MAJOR))
        store_int(asked + MINOR, load_int(version + MINOR))


@jit
def _describe(job: Any, frame: Any) -> None:
    """Write down what arrays a call is about, and that nothing is done yet."""
    place = job
    for buffers, number in ((ARGS, NUMBER_OF_ARGS), (RETS, NUMBER_OF_RETS)):
        for i in range(load(frame + number)):
            store(place, load(load(load(frame + buffers) + 8 * i) + DATA))
            place += 8
    first = load(load(frame + ARGS))
    size = 1
    for i in range(load(first + RANK)):
        size *= load(load(first + DIMS) + 8 * i)
    store(job + SIZE, size)
    store(job + CLAIMED, 0)
    store(job + DONE, 0)
    store(job + HOLDERS, 1)


@jit
def _kept(job: Any) -> Any:
    """A copy that is there until the last who holds it lets go; 0 where there is no memory."""
    copy = allocate(BYTES)
    if copy != 0:
        for i in range(0, BYTES, 8):
            store(copy + i, load(job + i))
    return copy


@jit
def _let_go(job: Any) -> None:
    if add(job + HOLDERS, -1) == 1:
        release(job)


@jit
def _threads(frame: Any) -> Any:
    """How many threads XLA has; one where it does not say."""
    number, question = on_stack(8), on_stack(NUM_THREADS_SIZE)
    store(question, NUM_THREADS_SIZE)
    store(question + 8, 0)
    store(question + ASKED_CONTEXT, load(frame + CONTEXT))
    store(question + ANSWER, number)
    return load(number) if _asked(frame, NUM_THREADS, question) else 1


@jit
def _schedule(frame: Any, task: Any, job: Any) -> Any:
    """Ask one more of XLA's threads for help; whether it will come."""
    question = on_stack(SCHEDULE_SIZE)
    store(question, SCHEDULE_SIZE)
    store(question + 8, 0)
    store(question + SCHEDULED_CONTEXT, load(frame + CONTEXT))
    store(question + TASK, task)
    store(question + TASK_DATA, job)
    return _asked(frame, SCHEDULE, question)


@jit
def _asked(frame: Any, which: Any, question: Any) -> Any:
    """Ask XLA's runtime; whether it had no error to report, which is put away."""
    api = load(frame + API)
    error = call(load(api + which), question)
    if error != 0:
        complaint = on_stack(DESTROY_SIZE)
        store(complaint, DESTROY_SIZE)
        store(complaint + 8, 0)
        store(complaint + ERROR, error)
        call(load(api + DESTROY), complaint)
    return error == 0


def handler(spec: Function, dtype: np.dtype[Any], accuracy: Accuracy) -> tuple[str, int]:
    """A name that no other handler has, in any process, and the address of this one."""
    handle, helper = _shared()
    name, segment = kernels.segment(spec, dtype, accuracy)
    tables = kernels.tables(spec, dtype)
    _alive.append((segment, tables))
    first, second = ([table.ctypes.data for table in tables] + [0, 0])[:2]
    addresses = (handle.address, segment.address, helper.address, first, second)
    return name, make_trampoline(name, *addresses)


@cache
def _shared() -> tuple[Any, Any]:
    """What all handlers call, compiled, and what they give XLA's threads to do."""
    word = types.int64
    return _compiled(_handle, word(*[word] * 5)), _compiled(_help, types.void(word))


def _compiled(function: Any, signature: Any) -> Any:
    function.__qualname__ = f"xla{function.__name__}_{fingerprint(function)}"
    return compile_callback(function, signature)


_alive: list[Any] = []
"""What addresses point to."""
