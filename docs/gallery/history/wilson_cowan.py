r"""
1972: Wilson and Cowan's populations
====================================

Not single neurons but populations of them, one that excites and one that inhibits:

.. math::

   \dot E &= -E + (1 - E)\,S_E(16 E - 12 I + P) \\
   \dot I &= -I + (1 - I)\,S_I(15 E - 3 I),

with :math:`S(x) = \sigma(a(x - \theta)) - \sigma(-a\theta)`, the share of a population whose
thresholds an input exceeds. For the input :math:`P = 1.25` the activity settles into a cycle:
this is figure 11 of their paper (Biophysical Journal 12, 1972), in units of the time constant.
With no input it dies away.
"""

import matplotlib.pyplot as plt
import numpy as np
from scipy.integrate import solve_ivp
from scipy.signal import find_peaks

import sigmoids as sg


def response(x, steepness, threshold):
    return sg.sigmoid(steepness * (x - threshold)) - sg.sigmoid(-steepness * threshold)


def change(_t, activity, p):
    e, i = activity
    return (
        -e + (1 - e) * response(16 * e - 12 * i + p, 1.3, 4.0),
        -i + (1 - i) * response(15 * e - 3 * i, 2.0, 3.7),
    )


fig, axes = plt.subplots(2, figsize=(5, 5.2), sharex=True, sharey=True)
for ax, p in zip(axes, (1.25, 0.0), strict=True):
    solution = solve_ivp(change, (0, 60), (0.1, 0.05), args=(p,), rtol=1e-8, dense_output=True)
    t = np.linspace(0, 60, 1200)
    e, i = solution.sol(t)
    ax.plot(t, e, color="black", label="excitatory, E")
    ax.plot(t, i, "--", color="red", label="inhibitory, I")
    ax.set(title=f"P = {p}", ylabel="share that is active")
    late = e[t > 30]
    peaks, _ = find_peaks(late, prominence=0.01)
    print(f"P = {p}: from 30 to 60 E is at most {late.max():.3f}, and peaks {len(peaks)} times")
axes[1].legend()
axes[1].set_xlabel("time")
