"""The graph itself. `graph` has no checkpointer: the LangGraph server brings one, the command line opens SQLite."""

from langgraph.graph import END, START, StateGraph

from graph import nodes
from graph.settings import Settings
from graph.state import Input, Output, State

builder = StateGraph(State, context_schema=Settings, input_schema=Input, output_schema=Output)
builder.add_node("perceive", nodes.perceive)
builder.add_node("plan", nodes.plan)
builder.add_node("approve", nodes.approve)
builder.add_node("act", nodes.act)
builder.add_node("assess", nodes.assess)
builder.add_node("revise", nodes.revise)
builder.add_node("finish", nodes.finish)
builder.add_edge(START, "perceive")
builder.add_edge("perceive", "plan")
builder.add_edge("finish", END)

graph = builder.compile(name="style")
