"""What can be done to a picture: the plan's language, the tool library, the engine and the measurements.

    from tools.picture import load, save
    from tools.plan import Plan, Step
    from tools.engine import render

    photo = load("coast.jpg")
    plan = Plan(steps=[Step(reasoning="too dark", tool="exposure", args={"stops": 0.7})])
    save(render(photo, plan), "brighter.jpg")

`tools` imports no other floor of the project.
"""

import os

if "STYLIST_THREADS" in os.environ:  # the linear algebra of NumPy keeps to it too, if it is not loaded yet
    os.environ.setdefault("OPENBLAS_NUM_THREADS", os.environ["STYLIST_THREADS"])
