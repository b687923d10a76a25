"""The graph itself. `graph` has no checkpointer: the LangGraph server brings one, the command line opens SQLite."""

import inspect
from typing import Any

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

builder = StateGraph(State, context_schema=Settings, input_schema=Input, output_schema=Output)
for node in _NODES:
    builder.add_node(node.__name__, node, metadata=_meaning(node))
builder.add_edge(START, "perceive")
builder.add_edge("perceive", "plan")
builder.add_edge("finish", END)

graph = builder.compile(name="style")
