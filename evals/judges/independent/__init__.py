"""The independent judge: measures, effects and the judge itself."""
