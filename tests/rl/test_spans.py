"""Each token of a plan belongs to one decision, exactly, for every tool and many words."""

from pathlib import Path
from typing import Any

import pytest

from graph.messages import render_plan
from rl.spans import decisions, step_spans
from rl.trainer import WeightedCollator
from tests.rl.conftest import PLANS
from tools.declare import plannable
from tools.plan import Plan, Step

ROOT = Path(__file__).parent.parent.parent
HELD_OUT = ROOT / "datasets" / "requests" / "held_out.tsv"


@pytest.fixture(scope="module")
def plans() -> list[Plan]:
    """Plans of every length with every tool of the library, their reasons in people's own words."""
    words = [line.split("\t")[0] for line in HELD_OUT.read_text().splitlines()[1:]]
    words += ['"steps": [{', "L 60 → 45 — «doux»", "夕方のように", "a\\b\n\t{}[]"]
    names = [tool.name for tool in plannable()]
    steps = [Step(reasoning=words[index % len(words)], tool=name) for index, name in enumerate(names * 4)]
    made = [
        Plan(summary=words[start % len(words)], steps=steps[start : start + start % 9])
        for start in range(0, len(steps) - 8)
    ]
    return [*made, *(plan for plan, _ in PLANS)]


def test_spans_hold_the_text_of_each_step_and_nothing_else(plans: list[Plan]) -> None:
    assert len(plans) > 80
    assert max(len(plan.steps) for plan in plans) == 8
    for plan in plans:
        text = render_plan(plan)
        spans = step_spans(text)
        assert [Step.model_validate_json(text[start:end]) for start, end in spans] == plan.steps


def test_tokens_go_to_the_decision_in_which_they_end(plans: list[Plan], processor: Any) -> None:
    """No token of a decision reaches beyond its step; at most the brackets that close the step go to the next one."""
    merged = set()
    for plan in plans:
        text = render_plan(plan)
        encoded = processor.tokenizer(text + "<|im_end|>\n", return_offsets_mapping=True)
        ends = [end for _, end in encoded["offset_mapping"]]
        of_token = decisions(ends, text)
        assert of_token == sorted(of_token)
        assert set(of_token) == set(range(len(plan.steps) + 1))
        for decision, span in enumerate(step_spans(text)):
            last = max(end for end, of in zip(ends, of_token, strict=True) if of == decision)
            assert last <= span.end
            merged.add(text[last : span.end])
    assert merged == {'"}'}, "in this vocabulary, as in Qwen's, closing brackets are one token with what follows"


def test_the_collator_gives_each_token_the_weight_of_its_decision(scored: Any, processor: Any) -> None:
    collator = WeightedCollator(processor=processor, completion_only_loss=True)
    row = {**scored[0], "weight": 2.0, "step_weights": [1.0, -0.5, 0.25]}
    batch = collator([row, {**scored[1], "weight": 1.5, "step_weights": None}])
    weights, labels = batch["token_weights"].numpy(), batch["labels"].numpy()
    assert (weights[labels == -100] == 0).all()
    assert set(weights[1][labels[1] != -100]) == {1.5}
    text = row["completion"][0]["content"]
    first, second = (processor.tokenizer.decode(labels[0][weights[0] == value]) for value in (2.0, -1.0))
    assert first.startswith('{"summary": "a warm, dark evening"')
    assert '"temperature"' in first
    assert '"exposure"' in second
    assert first + second + processor.tokenizer.decode(labels[0][weights[0] == 0.5]) == text + "<|im_end|>\n"


@pytest.mark.parametrize("text", ["", "[]", '{"summary": ""}', '{"steps": 3}', "warmer"])
def test_what_is_no_plan_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a JSON object with steps|Expecting"):
        step_spans(text)
