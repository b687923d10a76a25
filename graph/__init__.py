"""The state machine that turns a photo and a sentence into a styled photo, and the policies that plan for it.

perceive -> plan -> (approve) -> act, once a step -> assess -> revise | finish
"""
