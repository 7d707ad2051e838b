"""Limits of time and memory for one process; each system has its own way."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import Any

MEMORY = 2 << 30  # bytes of address space per process, if the system can limit it


def confine(memory: int = MEMORY) -> None:
    """Limits the address space of this process; if it dies, no image of its memory is written to the disk.

    Does nothing on Windows, where a job does it.
    """
    with suppress(ImportError, ValueError, OSError):
        import resource

        for what, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CORE, 0)):
            _, hard = resource.getrlimit(what)
            resource.setrlimit(what, (most, hard))


def limit_computing(seconds: float) -> None:
    """Ends this process when it has computed for so many seconds from now. Does nothing on Windows."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime + seconds) + 1, hard))


def in_job(process: int, memory: int) -> Any:
    """Puts a process of Windows, by its handle, in a job with this much memory; the job ends with its handle.

    Returns the job, to be kept as long as the process; None on other systems, or if Windows refuses.
    """
    if sys.platform != "win32":
        return None
    import ctypes

    kernel: Any = ctypes.windll.kernel32
    kernel.CreateJobObjectW.restype = kernel.OpenProcess.restype = ctypes.c_void_p
    job = ctypes.c_void_p(kernel.CreateJobObjectW(None, None))
    told = job_limits(memory)
    _EXTENDED = 9  # JobObjectExtendedLimitInformation
    ready = kernel.SetInformationJobObject(job, _EXTENDED, ctypes.byref(told), ctypes.sizeof(told))
    if ready and kernel.AssignProcessToJobObject(job, ctypes.c_void_p(process)):
        return job
    kernel.CloseHandle(job)
    return None


def end_job(job: Any) -> None:
    """Ends all processes of a job of Windows, also those that its first process started."""
    if job is not None and sys.platform == "win32":
        import ctypes

        ctypes.windll.kernel32.TerminateJobObject(job, 1)
        ctypes.windll.kernel32.CloseHandle(job)


def job_limits(memory: int) -> Any:
    """Returns a JOBOBJECT_EXTENDED_LIMIT_INFORMATION: memory per process, and no process outlives the job."""
    import ctypes
    from ctypes import c_int64, c_size_t, c_uint32, c_uint64

    class Limits(ctypes.Structure):
        _fields_ = [
            ("PerProcessUserTimeLimit", c_int64),
            ("PerJobUserTimeLimit", c_int64),
            ("LimitFlags", c_uint32),
            ("MinimumWorkingSetSize", c_size_t),
            ("MaximumWorkingSetSize", c_size_t),
            ("ActiveProcessLimit", c_uint32),
            ("Affinity", c_size_t),
            ("PriorityClass", c_uint32),
            ("SchedulingClass", c_uint32),
            *((f"Io{n}", c_uint64) for n in range(6)),
            ("ProcessMemoryLimit", c_size_t),
            ("JobMemoryLimit", c_size_t),
            ("PeakProcessMemoryUsed", c_size_t),
            ("PeakJobMemoryUsed", c_size_t),
        ]

    memory_per_process, dies_with_job = 0x100, 0x2000
    return Limits(LimitFlags=memory_per_process | dies_with_job, ProcessMemoryLimit=memory)
