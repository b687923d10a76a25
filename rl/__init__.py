"""From traces to a better policy: trajectories, offline-RL methods, training.

python -m rl.record        photos x requests -> traces
python -m rl.trajectories  traces -> Parquet
python -m rl.tiny          a tiny Qwen3-VL checkpoint with random weights, to try the loop on a CPU
python -m rl.train         Parquet -> checkpoint
"""
