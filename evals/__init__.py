"""What is better, by how much, and how sure: policies compared on tasks with known goals.

python -m evals --policy rules --policy preset --tasks datasets/loop/test.jsonl --out out/evals photos/*.jpg
"""

from tools.extras import check_extra

check_extra("eval", "inspect_ai", "evals")
