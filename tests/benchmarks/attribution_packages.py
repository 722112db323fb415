"""One published package on one file of paths, in a process of its own: prints seconds and peak memory as JSON.

Run by path, without the project: `python attribution_packages.py NAME FILE`, with an interpreter that has the packages;
`… accurate FILE EXACT` raises the number of simulated walks until the answer is as near as an exact one is asked to be.
"""

from __future__ import annotations

import contextlib
import io
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

COLUMNS = ("path", "total_conversions", "total_conversion_value", "total_null")


def channelattribution(**options: Any) -> Callable[[str], Callable[[], Any]]:
    def prepare(file: str) -> Callable[[], Any]:
        import ChannelAttribution
        import pandas

        def work() -> Any:
            data = pandas.read_csv(file)
            if options.get("heuristics"):
                return ChannelAttribution.heuristic_models(data, COLUMNS[0], COLUMNS[1], flg_pro=False)
            return ChannelAttribution.markov_model(
                data, COLUMNS[0], COLUMNS[1], var_null=COLUMNS[3], verbose=False, flg_pro=False, **options
            )

        return work

    return prepare


def mam(model: str) -> Callable[[str], Callable[[], Any]]:
    def prepare(file: str) -> Callable[[], Any]:
        import mam.core
        import polars

        def work() -> Any:
            data = polars.read_csv(file)
            data = data.with_columns(polars.col(COLUMNS[1]).cast(polars.Boolean), polars.lit(1).alias("n"))
            found = mam.core.MAM(data, "grouped_journey", COLUMNS[0], COLUMNS[1], occurrences_colname="n")
            return getattr(found, f"run_{model}")()

        return work

    return prepare


def shapley_attribution(file: str) -> Callable[[], Any]:
    import pandas
    from shapley_attribution import SimplifiedShapleyAttribution

    def work() -> Any:
        data = pandas.read_csv(file)
        journeys = [path.split(" > ") for path in data[COLUMNS[0]]]
        return SimplifiedShapleyAttribution(normalize=False).fit(journeys, data[COLUMNS[1]])

    return work


def do_attribution(file: str) -> Callable[[], Any]:
    import pandas
    from do_attribution import MarkovAttribution

    def work() -> Any:
        data = pandas.read_csv(file)
        return MarkovAttribution(order=1).fit(data[COLUMNS[0]], data[COLUMNS[1]])

    return work


CONTESTANTS: dict[str, Callable[[str], Callable[[], Any]]] = {
    "ChannelAttribution Markov order 1": channelattribution(),
    "ChannelAttribution Markov order 1 with value": channelattribution(var_value=COLUMNS[2]),
    "ChannelAttribution Markov order 2": channelattribution(order=2),
    "ChannelAttribution heuristics": channelattribution(heuristics=True),
    "marketing-attribution-models Markov": mam("markov"),
    "marketing-attribution-models Shapley": mam("shapley"),
    "shapley-attribution": shapley_attribution,
    "do-attribution Markov": do_attribution,
}


ACCURATE = 0.001
"""Error, as a share of all conversions, that a simulation has to come down to where it is held against an exact one."""
WALKS = (10**5, 10**6, 10**7, 3 * 10**7, 10**8, 3 * 10**8)


def accurate(file: str, exact: str) -> None:
    """ChannelAttribution with more and more walks until its sum of errors is small: prints each try as JSON."""
    chatter = io.StringIO()
    expected = json.loads(Path(exact).read_text(encoding="utf-8"))["result"]
    credit = dict(zip(expected["channel_name"], expected["total_conversions"], strict=True))
    tries: list[dict[str, float]] = []
    try:
        for walks in WALKS:
            with contextlib.redirect_stdout(chatter):
                work = channelattribution(nsim_start=walks)(file)
                begun = time.perf_counter()
                found = work()
                seconds = time.perf_counter() - begun
            pairs = zip(found["channel_name"], found["total_conversions"], strict=True)
            error = sum(abs(one - credit[name]) for name, one in pairs) / sum(credit.values())
            tries.append({"walks": walks, "seconds": seconds, "error": error})
            if error <= ACCURATE:
                break
    except ImportError as error:
        sys.stdout.write(json.dumps({"missing": str(error)}))
        return
    sys.stdout.write(json.dumps({"tries": tries}))


def main(name: str, file: str) -> None:
    """Prints {"seconds", "peak_mb"}, or {"missing"} where the package isn't installed."""
    chatter = io.StringIO()
    try:
        with contextlib.redirect_stdout(chatter):
            work = CONTESTANTS[name](file)
            begun = time.perf_counter()
            work()
            seconds = time.perf_counter() - begun
    except ImportError as error:
        sys.stdout.write(json.dumps({"missing": str(error)}))
        return
    sys.stdout.write(
        json.dumps({"seconds": seconds, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024})
    )


if __name__ == "__main__":
    if sys.argv[1] == "accurate":
        accurate(*sys.argv[2:4])
    else:
        main(*sys.argv[1:3])
