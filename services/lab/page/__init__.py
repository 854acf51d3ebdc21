"""The page of a run: scores, and a picture of whatever went wrong."""
