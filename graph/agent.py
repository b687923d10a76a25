"""The graph itself. `graph` has no checkpointer: the LangGraph server brings one, the command line opens SQLite."""

import inspect
from typing import Any, TypedDict

from langgraph.graph import END, START, StateGraph

from graph import nodes
from graph.settings import Settings
from graph.state import Input, Output, State


def _meaning(node: Any) -> dict[str, str]:
    """What Studio says of a node."""
    return {"meaning": (inspect.getdoc(node) or "").split("\n", 1)[0]}


_NODES: tuple[Any, ...] = (
    nodes.perceive,
    nodes.plan,
    nodes.approve,
    nodes.act,
    nodes.assess,
    nodes.revise,
    nodes.finish,
)

_WAYS = {
    "plan": ["approve", "act", "assess", "finish"],
    "approve": ["act", "assess", END],
    "act": ["act", "plan", "assess"],
    "assess": ["revise", "finish"],
}
"""Where nodes may decide to go on. They say so in the state, not by a command, which a fork would not repeat."""


class _Decided(TypedDict):
    goto: str


def _decided(state: _Decided) -> str:
    return state["goto"]


builder = StateGraph(State, context_schema=Settings, input_schema=Input, output_schema=Output)
for node in _NODES:
    builder.add_node(node.__name__, node, metadata=_meaning(node))
builder.add_edge(START, "perceive")
builder.add_edge("perceive", "plan")
builder.add_edge("revise", "plan")
builder.add_edge("finish", END)
for name, ways in _WAYS.items():
    builder.add_conditional_edges(name, _decided, ways)

graph = builder.compile(name="style")
