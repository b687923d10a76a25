"""The vlm judge: a vision-language model behind any OpenAI-compatible endpoint, asked several times.

In each pass the two pictures come in an order drawn by the seed, the model is told which is which, writes its reasons
first, and its answer is held to a JSON schema. Scores are means over the passes; the edit is unscored, with the reason,
unless more than half of the passes gave a usable answer.
"""

import base64
import hashlib
from dataclasses import dataclass
from typing import Any, Literal

import httpx
import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from evals.judges import rubric
from evals.judges.verdict import DIMENSIONS, Verdict
from tools.goals import Request, Source
from tools.picture import Picture, encode, reduce_to
from tools.quality import picture_score


@dataclass(frozen=True)
class Endpoint:
    """Where the model is, and how it is asked."""

    base_url: str
    """Such as `http://localhost:8000/v1`."""
    model: str
    api_key: str = "none"
    passes: int = 3
    seed: int = 0
    """Fixes the order of the pictures and, where the server honours it, the sampling."""
    temperature: float = 0.3
    timeout_s: float = 120.0
    long_side_px: int = 768
    """Size at which the pictures are shown."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    reason: str
    score: Literal[1, 2, 3, 4, 5]


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    instruction: _Part
    preservation: _Part
    technical: _Part
    strength: _Part
    coherence: _Part


class VlmJudge:
    """Asks the model at an endpoint."""

    name = "vlm"

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint

    def judge(self, before: Picture, after: Picture, request: Request, source: Source = "truth") -> Verdict:
        """Score one edit by the request's words; the goals are not shown to the model."""
        version = f"{rubric.VERSION}/{self.endpoint.model}"
        if not request.text.strip():
            return self._unscored(version, source, "there are no words that the edit could be judged by")
        shown = [_data_url(picture, self.endpoint.long_side_px) for picture in (before, after)]
        answers: list[_Answer] = []
        failures: list[str] = []
        with httpx.Client(timeout=self.endpoint.timeout_s) as client:
            for number in range(self.endpoint.passes):
                answer = self._ask(client, shown, request.text, number)
                if isinstance(answer, str):
                    failures.append(answer)
                else:
                    answers.append(answer)
        if len(answers) * 2 <= self.endpoint.passes:
            why = "; ".join(dict.fromkeys(failures))
            return self._unscored(version, source, f"{len(failures)} of {self.endpoint.passes} passes failed: {why}")
        parts = [answer.model_dump() for answer in answers]
        scores = {name: float(np.mean([part[name]["score"] for part in parts])) for name in DIMENSIONS}
        factors = {name: (score - 1) / 4 for name, score in scores.items()}
        scores["picture"] = picture_score(factors)
        remarks = [f"{name}: {part[name]['reason']}" for part in parts for name in DIMENSIONS]
        return Verdict(judge=self.name, version=version, scores=scores, remarks=remarks, goals_source=source)

    def _unscored(self, version: str, source: Source, why: str) -> Verdict:
        return Verdict(judge=self.name, version=version, scores=None, unscored=why, goals_source=source)

    def _ask(self, client: httpx.Client, shown: list[str], request: str, number: int) -> "_Answer | str":
        """One pass: the answer, or why there is none."""
        before_first = _before_comes_first(self.endpoint.seed, number, shown)
        urls = shown if before_first else shown[::-1]
        content: list[dict[str, Any]] = [{"type": "image_url", "image_url": {"url": url}} for url in urls]
        content.append({"type": "text", "text": rubric.question(request, before_first)})
        schema = {"name": "judgement", "strict": True, "schema": rubric.answer_schema(DIMENSIONS)}
        body = {
            "model": self.endpoint.model,
            "messages": [{"role": "system", "content": rubric.SYSTEM}, {"role": "user", "content": content}],
            "response_format": {"type": "json_schema", "json_schema": schema},
            "temperature": self.endpoint.temperature,
            "seed": self.endpoint.seed + number,
            "max_tokens": 1024,
        }
        try:
            reply = client.post(
                f"{self.endpoint.base_url.rstrip('/')}/chat/completions",
                json=body,
                headers={"Authorization": f"Bearer {self.endpoint.api_key}"},
            )
            reply.raise_for_status()
            return _Answer.model_validate_json(reply.json()["choices"][0]["message"]["content"])
        except httpx.HTTPStatusError as error:
            return f"the server answered {error.response.status_code}"
        except httpx.HTTPError as error:
            return f"no answer from {self.endpoint.base_url} ({type(error).__name__})"
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"]))
            return f"the answer does not fit the schema ({f'{place}: ' if place else ''}{first['msg']})"
        except (KeyError, IndexError, TypeError, ValueError):
            return "the reply is no chat completion"


def _before_comes_first(seed: int, number: int, shown: list[str]) -> bool:
    """The order of the pictures in a pass, drawn from the seed, the pass and the pictures themselves."""
    drawn = hashlib.sha256(f"{seed}/{shown[0]}/{shown[1]}".encode()).digest()[0] & 1
    return bool((drawn + number) % 2 == 0)


def _data_url(picture: Picture, long_side_px: int) -> str:
    jpeg = encode(Picture(reduce_to(picture.srgb, long_side_px)), "JPEG", quality=92)
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"
