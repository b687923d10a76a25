"""Ten thousand plans in one process: how many a second, and whether memory or threads grow.

python -m benchmarks.engine_soak                 # plans on the proxy of a bundled photo, each compiled, run and scored
python -m benchmarks.engine_soak --plans 1000
"""

import resource
import threading
import time
from pathlib import Path

import click
import numpy as np

from benchmarks.engine import PHOTO, POINTWISE, SPATIAL
from tools.engine import render
from tools.maps import Maps
from tools.picture import PROXY_PX, Picture, load
from tools.plan import Plan, Step
from tools.quality import assess
from tools.request import parse_request


def varied(plan: Plan, share: float) -> Plan:
    """The plan at another strength, so that no two are the same."""
    return Plan(steps=[Step(tool=step.tool, args=_scaled(step.args, share)) for step in plan.steps])


def _scaled(args: dict[str, float], share: float) -> dict[str, float]:
    first, *_ = args
    return args | {first: args[first] * share}


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("photo", default=PHOTO, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--plans", default=10_000, show_default=True, help="Plans of each kind.")
def main(photo: Path, plans: int) -> None:
    """Run many plans on PHOTO at proxy size."""
    proxy = Picture(load(photo).reduced(PROXY_PX))
    maps, wish = Maps(proxy.srgb), parse_request("brighter and warmer")
    strengths = np.random.default_rng(0).uniform(0.2, 1, plans)
    for name, plan in (("six pointwise steps", POINTWISE), ("three spatial steps", SPATIAL)):
        clock, busy, memory = time.perf_counter(), time.process_time(), 0
        for done, share in enumerate(strengths):
            assess(proxy, render(proxy, varied(plan, share), maps=maps), wish, maps=maps)
            if done == plans // 10:
                memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        growth = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) / 1024
        clock, busy = time.perf_counter() - clock, time.process_time() - busy
        click.echo(
            f"{plans} plans of {name}, compiled, run and scored: {plans / clock:.0f} a second on the clock, "
            f"{plans / busy:.0f} a second of processor; memory grew by {growth:.0f} MB after the first tenth; "
            f"{threading.active_count()} threads"
        )


if __name__ == "__main__":
    main()
