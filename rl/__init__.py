"""From traces to a better policy: trajectories, offline-RL methods, training.

python -m rl.record        photos x requests -> traces
python -m rl.trajectories  traces -> trajectories, scored by the judge
python -m rl.preferences   traces -> trajectories, scored by the people who approved plans
python -m rl.tiny          a tiny Qwen3-VL checkpoint with random weights, to try the loop on a CPU
python -m rl.train         trajectories -> checkpoint
python -m rl.sweep         the same search over learning rates for every method
python -m rl.probe         what a checkpoint writes by itself
python -m rl.export        checkpoint -> a folder that can be served
python -m rl.loop          all of it, on a CPU
"""

from tools.extras import check_extra

check_extra("train", "transformers", *(f"rl.{name}" for name in ("export", "loop", "probe", "sweep", "tiny", "train")))
