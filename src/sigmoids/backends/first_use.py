"""The lock for what is done at first use: importing an engine's libraries, compiling.

A process that forks in the middle of either would leave its child with locks of the import system
or of the compiler that nobody ever releases; so a fork waits.
"""

import os
import threading

first_use = threading.RLock()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=first_use.acquire,
        after_in_parent=first_use.release,
        after_in_child=first_use.release,
    )
